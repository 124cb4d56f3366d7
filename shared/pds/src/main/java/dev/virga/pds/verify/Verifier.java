package dev.virga.pds.verify;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.Redo;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Range;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.verify.Finding.Code;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Proves that what is stored is whole and agrees, or names what does not: one account, or all of
 * them and what belongs to none.
 *
 * <p>Reads only. An account that is written meanwhile is looked at again.
 */
public final class Verifier {
  /** How often an account is looked at before what was found is believed to be no change. */
  private static final int LOOKS = 4;

  private final Stores stores;
  private final Accounts accounts;
  private final Function<Did, Optional<PublicKey>> keys;
  private final EventLog log;
  private final InstantSource clock;
  private final Duration grace;

  /**
   * A verifier.
   *
   * @param keys the public half of an account's key, found by opening the sealed one; may throw
   * @param grace what is younger than this and referred to by nobody may still be under way
   */
  public Verifier(
      Index index,
      Objects objects,
      Function<Did, Optional<PublicKey>> keys,
      EventLog log,
      InstantSource clock,
      Duration grace) {
    this.stores = new Stores(index, objects);
    this.accounts = new Accounts(index, clock);
    this.keys = keys;
    this.log = log;
    this.clock = clock;
    this.grace = grace;
  }

  /** Looks at every account, and at what must belong to one. */
  public Tally all(Report report) {
    Tally[] sum = {Tally.NONE};
    Findings findings = new Findings(null, settled());
    Consumer<Did> each =
        did -> {
          sum[0] = sum[0].plus(account(did, report));
          report.progress(did, sum[0]);
        };
    guarded(
        findings,
        AccountKeys.LISTING,
        () ->
            stores.each(
                AccountKeys.LISTING,
                Range.prefix(""),
                entry -> entry.item().text("did").map(Did::parse).ifPresent(each)));
    guarded(findings, "the server", () -> new ServerCheck(stores, log, findings).run());
    findings.found().forEach(report::found);
    return sum[0].plus(findings.tally());
  }

  /** Looks at everything of one account. */
  public Tally account(Did did, Report report) {
    return look(
        did,
        report,
        findings -> {
          Optional<Account> account = accounts.find(did);
          AccountCheck check = new AccountCheck(did, stores, findings);
          Optional<Head> head = check.head();
          if (account.isPresent()) {
            check.check(account.get(), head);
          } else if (stores.index().get(AccountKeys.deletion(did)).isPresent()) {
            findings.underWay(Code.DELETION_OPEN, did.text(), "is being deleted");
            return;
          } else {
            findings.damage(Code.ACCOUNT_GONE, AccountKeys.account(did), "is missing");
          }
          head.ifPresent(found -> checkRepository(did, found, check, findings));
        });
  }

  /** Looks at a repository and its blobs and events only, whether it is an account's or not. */
  public Tally repository(Did did, Report report) {
    return look(
        did,
        report,
        findings -> {
          AccountCheck check = new AccountCheck(did, stores, findings);
          Optional<Head> head = check.head();
          if (head.isEmpty()) {
            findings.damage(Code.HEAD_WRONG, RepoKeys.head(did), "there is none");
          }
          head.ifPresent(found -> checkRepository(did, found, check, findings));
        });
  }

  private interface Look {
    void at(Findings findings);
  }

  /** Looks until nothing is found or nothing moves. */
  private Tally look(Did did, Report report, Look look) {
    for (int left = LOOKS; ; left--) {
      Map<Key, Item> before = marks(did);
      Findings findings = new Findings(did, settled());
      findings.count(Tally.ofAccount());
      guarded(findings, did.text(), () -> look.at(findings));
      if (findings.found().isEmpty() || left == 1 || marks(did).equals(before)) {
        findings.found().forEach(report::found);
        return findings.tally();
      }
    }
  }

  /** What changes whenever an account or its repository does. */
  private Map<Key, Item> marks(Did did) {
    return new HashMap<>(
        stores.index().batchGet(List.of(RepoKeys.head(did), AccountKeys.account(did))));
  }

  private void checkRepository(Did did, Head head, AccountCheck account, Findings findings) {
    account.checkCommit(head, account.key(keys));
    if (head.pending() == null) {
      checkTree(did, head, findings);
    } else {
      checkPlan(did, head, findings);
    }
    PackCheck packs = new PackCheck(did, head, stores, findings);
    List<PackCheck.Link> recent = new ArrayList<>();
    Instant windowStart = clock.instant().minus(log.window().dividedBy(2));
    packs.run(
        link -> {
          if (Findings.instant(link.rev()).isAfter(windowStart)) {
            recent.add(link);
          }
        });
    EventCheck events = new EventCheck(did, head, packs, log, stores, findings, clock.instant());
    events.run();
    recent.forEach(link -> events.demand(link, windowStart));
    new BlobCheck(did, stores, findings, Findings.instant(head.rev())).run();
  }

  private void checkTree(Did did, Head head, Findings findings) {
    TreeCheck tree = new TreeCheck(did, head, stores, findings);
    RecordCheck records = new RecordCheck(did, head, stores, findings);
    if (tree.walk(records)) {
      records.end();
      tree.checkStored();
    }
    records.checkNotes();
  }

  private void checkPlan(Did did, Head head, Findings findings) {
    Tid pending = java.util.Objects.requireNonNull(head.pending());
    findings.leftover(
        Code.COMMIT_PENDING,
        Findings.name(RepoKeys.head(did)),
        Findings.instant(pending),
        "whoever reads the head next finishes it");
    new Redo(stores.index(), stores.objects())
        .problems(did, pending)
        .forEach(
            (name, problem) ->
                findings.damage(
                    problem.equals(Redo.MISSING) ? Code.PLAN_MISSING : Code.PLAN_DAMAGED,
                    name,
                    problem));
  }

  private Instant settled() {
    return clock.instant().minus(grace);
  }

  private static void guarded(Findings findings, String what, Runnable check) {
    try {
      check.run();
    } catch (RuntimeException e) {
      findings.damage(Code.UNREADABLE, what, e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
