package dev.virga.pds.backup;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes {@link AccountDump}s. */
public final class AccountDumps {
  /**
   * What a dump passes over, in order of keys: the repository, blobs, events; what a round of
   * upkeep knows; and what is of the moment only.
   */
  private static final List<String> NOT_IN_IT =
      List.of(
          "blob#",
          "blobref#",
          "cid#",
          "gone#",
          "head",
          "mailtoken#",
          "node#",
          "outbox#",
          "rec#",
          "refresh#",
          AccountSnapshots.STATE,
          "tidy",
          "uniq#");

  /** Before the DID in the partition where a laptop's own PLC directory has the log of a DID. */
  private static final String OWN_PLC = "plc#";

  private static final int PAGE = 500;

  private final Index index;
  private final InviteCodes invites;
  private final InstantSource clock;

  public AccountDumps(Index index, InviteCodes invites, InstantSource clock) {
    this.index = index;
    this.invites = invites;
    this.clock = clock;
  }

  /** The dump of an account as it is; empty if there is no such account. */
  public Optional<AccountDump> read(Did did) {
    List<Entry> entries = new ArrayList<>();
    Range rest = Range.prefix("");
    for (String prefix : NOT_IN_IT) {
      read(did.text(), new Range(rest.from(), prefix), entries);
      rest = new Range(Range.prefix(prefix).to(), rest.to());
    }
    read(did.text(), rest, entries);
    if (entries.stream().noneMatch(entry -> Accounts.isAccount(did, entry.key()))) {
      return Optional.empty();
    }
    entries.addAll(invites.everything(did.text()));
    read(OWN_PLC + did, Range.prefix(""), entries);
    return Optional.of(new AccountDump(did, entries));
  }

  private void read(String partition, Range range, List<Entry> into) {
    Range rest = range;
    Page page;
    do {
      page = index.query(Query.forward(partition, rest, PAGE));
      for (Entry entry : page.entries()) {
        rest = rest.after(entry.key().sort());
        if (entry.expires() == null || entry.expires().isAfter(clock.instant())) {
          into.add(entry);
        }
      }
    } while (page.more());
  }

  /** Stores a dump, with the claims that go with the account. */
  public void write(AccountDump dump) {
    put(dump.entries());
    dump.entries().stream()
        .filter(entry -> Accounts.isAccount(dump.did(), entry.key()))
        .forEach(entry -> put(Accounts.claims(dump.did(), entry.item())));
  }

  void put(List<Entry> entries) {
    for (int from = 0; from < entries.size(); from += PAGE) {
      index.batchPut(entries.subList(from, Math.min(from + PAGE, entries.size())));
    }
  }
}
