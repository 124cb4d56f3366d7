package dev.virga.pds.backup;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes the Index anew from the Objects and the server's secrets: accounts that are missing or
 * damaged from their snapshots, everything else of them from packs and blobs.
 *
 * <p>For an operator, while no server runs on the same stores. Can be cut short and done again.
 */
public final class IndexRebuild {
  private static final int PAGE = 100;

  private final Index index;
  private final Accounts accounts;
  private final AccountDumps dumps;
  private final AccountSnapshots snapshots;
  private final Revival revival;
  private final EventLog log;

  public IndexRebuild(
      Index index,
      Accounts accounts,
      AccountDumps dumps,
      AccountSnapshots snapshots,
      Revival revival,
      EventLog log) {
    this.index = index;
    this.accounts = accounts;
    this.dumps = dumps;
    this.snapshots = snapshots;
    this.revival = revival;
    this.log = log;
  }

  /**
   * What came of it.
   *
   * @param revived accounts that were not in the Index and came from snapshots
   * @param findings what is missing or damaged, in words
   */
  public record Outcome(int accounts, int revived, List<String> findings) {
    public Outcome {
      findings = List.copyOf(findings);
    }
  }

  /** Rebuilds all accounts that the Index or the Objects know of. */
  public Outcome all(boolean acceptLoss, Consumer<String> progress) throws IOException {
    Set<Did> dids = new LinkedHashSet<>(listed());
    dids.addAll(snapshots.all());
    return run(List.copyOf(dids), acceptLoss, progress);
  }

  /** Rebuilds one account. */
  public Outcome one(Did did, boolean acceptLoss, Consumer<String> progress) throws IOException {
    return run(List.of(did), acceptLoss, progress);
  }

  private List<Did> listed() {
    List<Did> dids = new ArrayList<>();
    Range rest = Range.prefix("");
    Page page;
    do {
      page = index.query(Query.forward(AccountKeys.LISTING, rest, PAGE));
      for (Entry entry : page.entries()) {
        rest = rest.after(entry.key().sort());
        // The key, not the item, which may be damaged: milliseconds, "::", DID.
        String sort = entry.key().sort();
        dids.add(Did.parse(sort.substring(sort.indexOf("::") + 2)));
      }
    } while (page.more());
    return dids;
  }

  private Outcome run(List<Did> dids, boolean acceptLoss, Consumer<String> progress)
      throws IOException {
    log.continueAboveNow();
    List<String> findings = new ArrayList<>();
    int revived = 0;
    int done = 0;
    for (Did did : dids) {
      progress.accept(did.text());
      try {
        if (account(did, findings)) {
          revived++;
        }
        revival.revive(did, acceptLoss).forEach(finding -> findings.add(did + ": " + finding));
        done++;
      } catch (StoreException e) {
        findings.add(did + ": " + e.getMessage());
      }
    }
    return new Outcome(done, revived, findings);
  }

  /** Sees to it that the account is there; says whether it had to come from a snapshot. */
  private boolean account(Did did, List<String> findings) {
    try {
      Optional<Account> account = accounts.find(did);
      if (account.isPresent()) {
        dumps.put(Accounts.claims(account.get()));
        return false;
      }
    } catch (StoreException | IllegalArgumentException | IllegalStateException e) {
      findings.add(did + ": the account is damaged, its snapshot was taken: " + e.getMessage());
    }
    AccountDump dump =
        snapshots
            .latest(did)
            .orElseThrow(
                () -> new StoreException("neither the account nor a snapshot of it is here"));
    dumps.write(dump);
    return true;
  }
}
