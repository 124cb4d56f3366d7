package dev.virga.pds.account;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * Changes accounts: reads, changes and writes on condition that nothing changed meanwhile, and
 * tells the network in the same transaction.
 */
public final class AccountChanges {
  /** Rounds of lost races before giving up; a round is lost only when another change won. */
  private static final int MAX_ROUNDS = 20;

  private final Index index;
  private final Accounts accounts;
  private final Heads heads;
  private final Sessions sessions;
  private final TidClock tids;

  public AccountChanges(
      Index index, Accounts accounts, Heads heads, Sessions sessions, TidClock tids) {
    this.index = index;
    this.accounts = accounts;
    this.heads = heads;
    this.sessions = sessions;
    this.tids = tids;
  }

  /** What else belongs into the transaction of a change. */
  @FunctionalInterface
  interface Extra {
    Extra NONE = (before, after) -> List.of();

    List<Write> writes(Account before, Account after);
  }

  /**
   * Changes an account, except for its status, and tells nobody.
   *
   * @param change may throw to refuse; it may be called more than once
   * @throws XrpcException 403 AccountNotFound, and whatever the change throws
   */
  public Account change(Did did, UnaryOperator<Account> change) {
    return change(did, change, Extra.NONE);
  }

  Account change(Did did, UnaryOperator<Account> change, Extra extra) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Account before = accounts.require(did);
      Account after = change.apply(before);
      List<Write> writes = new ArrayList<>(extra.writes(before, after));
      writes.add(put(before, after));
      try {
        index.transact(writes);
        accounts.forget(did);
        endSessions(before, after);
        return after;
      } catch (ConditionFailedException e) {
        // Another change won: look again.
      }
    }
    throw tooBusy();
  }

  /**
   * Changes the status of an account, of its repository too, and announces it: an activation as
   * {@code #account}, {@code #identity} and {@code #sync}, everything else as {@code #account}.
   *
   * @param change of the status; may throw to refuse
   */
  public Account changeStatus(Did did, UnaryOperator<AccountStatus> change) {
    return changeStatus(did, change, (before, after) -> after.isActive() && !before.isBarred());
  }

  /**
   * Switches an account on by the will of its owner, and announces it. Not beneath a moderator's
   * measure: that would be lifted without a word of what was imported before.
   *
   * @throws XrpcException 401 AccountTakedown, 403 AccountNotFound
   */
  public Account activate(Did did) {
    return changeStatus(
        did,
        status -> {
          if (status.isBarred()) {
            throw Accounts.barred();
          }
          return status.withOwn(new AccountStatus.Active());
        });
  }

  /**
   * Changes the status of an account by the will of a moderator, and announces it, even if it is
   * the one it has: as {@code #account} alone, unless this undoes its owner's deactivation.
   *
   * @param change of the status; may throw to refuse
   */
  public Account moderate(Did did, UnaryOperator<AccountStatus> change) {
    return changeStatus(
        did,
        change,
        (before, after) -> after.isActive() && before.own() instanceof AccountStatus.Deactivated);
  }

  private Account changeStatus(
      Did did,
      UnaryOperator<AccountStatus> change,
      BiPredicate<AccountStatus, AccountStatus> activates) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Account before = accounts.require(did);
      Account after = before.withStatus(change.apply(before.status()));
      Optional<Head> found = heads.find(did);
      if (found.isEmpty()) {
        continue; // deleted meanwhile, as the next look at the account will tell
      }
      Head head = found.get();
      Tid now = afterEvents(did, tids.nextAfter(head.changed()));
      boolean activated = activates.test(before.status(), after.status());
      List<EventBody> events = new ArrayList<>();
      events.add(event(after));
      if (activated) {
        events.add(new IdentityEvent(did, after.handle()));
        events.add(syncEvent(did, head));
      }
      try {
        index.transact(
            Write.all(
                put(before, after),
                Heads.stateWrite(did, head, after.status().repoState(), now),
                Outbox.put(did, now, Outbox.Content.of(events))));
        heads.forget(did);
        accounts.forget(did);
        endSessions(before, after);
        return after;
      } catch (ConditionFailedException e) {
        // Another change, or a commit, won: look again.
      }
    }
    throw tooBusy();
  }

  /** Tells the network once more what an account's handle is, or that it should look itself. */
  public void announceIdentity(Account account) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      try {
        index.transact(
            Write.all(
                Write.check(AccountKeys.account(account.did()), Condition.PRESENT),
                identityEvent(account)));
        return;
      } catch (ConditionFailedException e) {
        if (e.failedAt(AccountKeys.account(account.did()))) {
          throw Accounts.notFound();
        }
      }
    }
    throw tooBusy();
  }

  /** Tells the network where an account and its repository stand, as if they had just changed. */
  public void announce(Did did) {
    Account account = accounts.require(did);
    Head head = heads.find(did).orElseThrow(() -> new IllegalStateException("no head: " + did));
    List<EventBody> events = new ArrayList<>();
    events.add(event(account));
    if (account.status().isActive()) {
      events.add(new IdentityEvent(did, account.handle()));
      events.add(syncEvent(did, head));
    }
    try {
      index.transact(
          Write.all(
              Write.check(AccountKeys.account(did), Condition.PRESENT),
              Outbox.put(did, tids.nextAfter(head.changed()), Outbox.Content.of(events))));
    } catch (ConditionFailedException e) {
      throw Accounts.notFound();
    }
  }

  /** The write that does so as part of another transaction. */
  Write identityEvent(Account account) {
    return Outbox.put(
        account.did(),
        afterEvents(account.did(), tids.next()),
        Outbox.Content.of(List.of(new IdentityEvent(account.did(), account.handle()))));
  }

  /** A time after all that the account has announced, whatever the clocks of others say. */
  private Tid afterEvents(Did did, Tid now) {
    List<Entry> last = index.query(Query.backward(did.text(), Outbox.all(), 1)).entries();
    Tid latest = last.isEmpty() ? now : Outbox.tid(last.getFirst().key());
    return latest.compareTo(now) < 0 || last.isEmpty() ? now : tids.nextAfter(latest);
  }

  private static Write put(Account before, Account after) {
    return Write.put(AccountKeys.account(after.did()), after.toItem(), before.unchanged());
  }

  private void endSessions(Account before, Account after) {
    if (after.epoch() != before.epoch()) {
      sessions.endAll(after.did());
    }
  }

  private static AccountEvent event(Account account) {
    return new AccountEvent(
        account.did(), account.status().isActive(), account.status().reason().orElse(null));
  }

  private static SyncEvent syncEvent(Did did, Head head) {
    Block commit = new Block(head.commit(), head.commitBlock());
    return new SyncEvent(did, head.rev(), CarWriter.toBytes(head.commit(), List.of(commit)));
  }

  private static XrpcException tooBusy() {
    return new XrpcException(503, "NotEnoughResources", "The account is changed too often");
  }
}
