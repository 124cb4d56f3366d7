package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Write;
import java.util.List;

/**
 * A new repository's first commit, ready for the transaction that makes its account.
 *
 * @param writes the items of the repository
 * @param events what to tell the network of it, after whatever the account has to tell
 * @param pack the object that holds the commit, to be named in the outbox
 */
public record RepoGenesis(
    List<Write> writes, List<EventBody> events, String pack, Cid commit, Tid rev) {}
