package dev.virga.pds.backup;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Finding.Code;
import dev.virga.pds.verify.Finding.Severity;
import dev.virga.pds.verify.Report;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the {@link AccountSnapshots}: that each opens, that every account has its own, and what of
 * an account is not as it was then. The last is no damage, as accounts change; but what got lost of
 * one, with nothing else to tell of it, shows there until the next snapshot is taken.
 */
public final class SnapshotCheck {
  private static final int PAGE = 200;

  /** More of one account help nobody. */
  private static final int MOST_CHANGES = 50;

  private final Index index;
  private final Objects objects;
  private final AccountDumps dumps;
  private final AccountSnapshots snapshots;

  public SnapshotCheck(
      Index index, Objects objects, AccountDumps dumps, AccountSnapshots snapshots) {
    this.index = index;
    this.objects = objects;
    this.dumps = dumps;
    this.snapshots = snapshots;
  }

  /** Looks at all snapshots, and at all accounts. */
  public void all(Report report) {
    snapshots.unreadable(
        (name, problem) ->
            report.found(
                new Finding(
                    Code.SNAPSHOT_DAMAGED, Severity.DAMAGE, Optional.empty(), name, problem)));
    Range rest = Range.prefix("");
    Page page;
    do {
      page = index.query(Query.forward(AccountKeys.LISTING, rest, PAGE));
      for (Entry entry : page.entries()) {
        rest = rest.after(entry.key().sort());
        entry.item().text("did").map(Did::parse).ifPresent(did -> account(did, report));
      }
    } while (page.more());
  }

  /** Looks at the snapshot of one account. */
  public void account(Did did, Report report) {
    try {
      Optional<String> named = snapshots.named(did);
      Optional<AccountDump> now = dumps.read(did);
      if (now.isEmpty()) {
        return;
      }
      if (named.isEmpty()) {
        String what = Finding.name(AccountSnapshots.state(did));
        add(report, Code.SNAPSHOT_MISSING, Severity.UNDER_WAY, did, what, "none is noted yet");
      } else if (!AccountSnapshots.isOf(did, named.get())) {
        String what = Finding.name(AccountSnapshots.state(did));
        add(report, Code.SNAPSHOT_DAMAGED, Severity.DAMAGE, did, what, "names another account's");
      } else if (objects.size(named.get()).isEmpty() && named.equals(snapshots.named(did))) {
        add(report, Code.SNAPSHOT_MISSING, Severity.DAMAGE, did, named.get(), "is not there");
      }
      snapshots.latest(did).ifPresent(then -> compare(did, byKey(then), byKey(now.get()), report));
    } catch (StoreException | DataException | IllegalStateException e) {
      String what = Finding.name(AccountSnapshots.state(did));
      String problem = String.valueOf(e.getMessage());
      add(report, Code.SNAPSHOT_DAMAGED, Severity.DAMAGE, did, what, problem);
    }
  }

  private static void compare(Did did, Map<Key, Entry> then, Map<Key, Entry> now, Report report) {
    Map<Key, String> changes = new LinkedHashMap<>();
    then.forEach(
        (key, entry) -> {
          if (!now.containsKey(key)) {
            changes.put(key, "is in the account's snapshot, and is here no more");
          } else if (!entry.equals(now.get(key))) {
            changes.put(key, "is not as in the account's snapshot");
          }
        });
    now.keySet().stream()
        .filter(key -> !then.containsKey(key))
        .forEach(key -> changes.put(key, "is not in the account's snapshot yet"));
    changes.entrySet().stream()
        .limit(MOST_CHANGES)
        .forEach(
            change ->
                add(
                    report,
                    Code.SNAPSHOT_BEHIND,
                    Severity.UNDER_WAY,
                    did,
                    Finding.name(change.getKey()),
                    change.getValue()));
  }

  private static Map<Key, Entry> byKey(AccountDump dump) {
    Map<Key, Entry> entries = new LinkedHashMap<>();
    dump.entries().forEach(entry -> entries.put(entry.key(), entry));
    return entries;
  }

  private static void add(
      Report report, Code code, Severity severity, Did did, String what, String detail) {
    report.found(new Finding(code, severity, Optional.of(did), what, detail));
  }
}
