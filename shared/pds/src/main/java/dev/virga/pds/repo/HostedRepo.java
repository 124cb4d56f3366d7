package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A repository of this server, as its account presents it.
 *
 * @param handle the account's handle, null if it has lost it
 * @param cursor where a listing goes on after it
 */
public record HostedRepo(Did did, @Nullable Handle handle, RepoState state, String cursor) {}
