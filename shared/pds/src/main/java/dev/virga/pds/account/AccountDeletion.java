package dev.virga.pds.account;

import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.identity.DidResolver;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.Heads;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends accounts: decides it in one transaction, and then clears away whatever the account had.
 *
 * <p>The transaction removes the account, its claims, its key and its repository's head, announces
 * the end, and leaves an order to clear away. Whoever carries that out may die at any point; {@link
 * #recover} goes on, and looks once more when no request can be under way any more that began
 * before ({@link Remains}). The order also keeps the DID from moving in again too early. Each
 * removal demands it, or looks for it between listing and removing, so that one who comes late
 * cannot take what belongs to the DID's next account.
 */
public final class AccountDeletion {
  /** Rounds of lost races before giving up; a round is lost only when another change won. */
  private static final int MAX_ROUNDS = 20;

  /**
   * Items removed at once: with each may go a note elsewhere, and each transaction has the check of
   * the order and the claim of a mailed token.
   */
  private static final int CHUNK = (Write.MAX_PER_TRANSACTION - 2) / 2;

  /** The snapshot first, without which nothing is ever made anew of what is left. */
  static final List<String> PREFIXES =
      List.of("accounts/", "repos/", "blobs/", "quarantine/", "tmp/");

  private final Index index;
  private final Objects objects;
  private final Accounts accounts;
  private final Heads heads;
  private final SigningKeys keys;
  private final InviteCodes invites;
  private final MailTokens mailTokens;
  private final EventLog log;
  private final DidResolver dids;
  private final TidClock tids;
  private final Remains remains;

  public AccountDeletion(
      Index index,
      Objects objects,
      Accounts accounts,
      Heads heads,
      SigningKeys keys,
      InviteCodes invites,
      MailTokens mailTokens,
      EventLog log,
      DidResolver dids,
      TidClock tids) {
    this.index = index;
    this.objects = objects;
    this.accounts = accounts;
    this.heads = heads;
    this.keys = keys;
    this.invites = invites;
    this.mailTokens = mailTokens;
    this.log = log;
    this.dids = dids;
    this.tids = tids;
    this.remains = new Remains(index, objects);
  }

  /**
   * A deletion that was decided on.
   *
   * @param announced where in the outbox its event is, the only thing to stay
   * @param inviteCode that the account had used
   */
  private record Order(Did did, Tid announced, Optional<String> inviteCode) {
    static Order from(Did did, Item item) {
      return new Order(did, Tid.parse(item.requireText("announced")), item.text("inviteCode"));
    }

    Item toItem() {
      return Item.builder()
          .text("announced", announced.toString())
          .text("inviteCode", inviteCode)
          .build();
    }

    Key key() {
      return AccountKeys.deletion(did);
    }

    Condition stands() {
      return Condition.equal("announced", announced.toString());
    }
  }

  /**
   * Deletes an account and all it has; does nothing if there is none.
   *
   * <p>Once this was decided it cannot be undone, and a failure from then on only delays it.
   */
  public void delete(Did did) {
    decide(did).ifPresent(this::carryOut);
  }

  /**
   * Carries on with every deletion that was cut short, and removes what has come to light of others
   * since; for maintenance to call now and then.
   */
  public void recover() {
    Range range = Range.prefix("did:");
    Page page;
    do {
      page = index.query(Query.forward(AccountKeys.DELETIONS, range, CHUNK));
      for (Entry entry : page.entries()) {
        carryOut(Order.from(Did.parse(entry.key().sort()), entry.item()));
        range = range.after(entry.key().sort());
      }
    } while (page.more());
    remains.sweep(tids.next());
  }

  /** The order to clear away, given now or before; none if there is no account. */
  private Optional<Order> decide(Did did) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Account> account = accounts.find(did);
      if (account.isEmpty()) {
        return index.get(AccountKeys.deletion(did)).map(item -> Order.from(did, item));
      }
      Optional<Head> head = heads.find(did);
      Order order =
          new Order(did, announcement(did, head), Optional.ofNullable(account.get().inviteCode()));
      try {
        index.transact(decision(account.get(), head, order));
        return Optional.of(order);
      } catch (ConditionFailedException e) {
        // The account, or its repository, changed meanwhile: look again.
      }
    }
    throw new XrpcException(503, "NotEnoughResources", "The account is changed too often");
  }

  /** Later than everything that the account has announced. */
  private Tid announcement(Did did, Optional<Head> head) {
    Tid now = head.map(found -> tids.nextAfter(found.changed())).orElseGet(tids::next);
    List<Entry> last = index.query(Query.backward(did.text(), Outbox.all(), 1)).entries();
    return last.isEmpty() ? now : tids.nextAfter(Outbox.tid(last.getFirst().key()));
  }

  private List<Write> decision(Account account, Optional<Head> head, Order order) {
    Did did = account.did();
    List<Write> writes = new ArrayList<>();
    writes.add(Write.delete(AccountKeys.account(did), account.unchanged()));
    writes.add(Write.delete(AccountKeys.signingKey(did)));
    writes.add(Write.delete(AccountKeys.listing(account.createdAt(), did)));
    writes.add(
        Write.delete(
            Heads.key(did),
            head.map(found -> Condition.equal("etag", found.etag())).orElse(Condition.ABSENT)));
    for (Key claim :
        List.of(AccountKeys.handle(account.handle()), AccountKeys.email(account.email()))) {
      if (index.get(claim).flatMap(item -> item.text("did")).equals(Optional.of(did.text()))) {
        writes.add(Write.delete(claim, Condition.equal("did", did.text())));
      }
    }
    writes.add(Write.put(order.key(), order.toItem(), Condition.ABSENT));
    AccountEvent deleted = AccountEvent.inactive(did, AccountEvent.DELETED);
    writes.add(Outbox.put(did, order.announced(), Outbox.Content.of(List.of(deleted))));
    return writes;
  }

  private void carryOut(Order order) {
    heads.forget(order.did());
    accounts.forget(order.did());
    keys.forget(order.did());
    log.purge(order.did(), order.announced());
    boolean stands =
        PREFIXES.stream().allMatch(prefix -> clearObjects(order, prefix + order.did() + "/"));
    if (!stands) {
      return; // somebody else was faster
    }
    invites.forget(order.did(), order.inviteCode());
    mailTokens.forget(order.did());
    if (clearItems(order)) {
      dids.forget(order.did());
      attempt(
          List.of(
              Write.delete(order.key(), order.stands()),
              Write.put(Remains.note(order.did(), tids.next()), Item.EMPTY)));
    }
  }

  /** Removes objects; false if the order does not stand any more. */
  private boolean clearObjects(Order order, String prefix) {
    Objects.Listing listing = objects.list(prefix, null);
    while (!listing.objects().isEmpty()) {
      if (index.get(order.key()).map(item -> !item.equals(order.toItem())).orElse(true)) {
        return false;
      }
      listing.objects().forEach(listed -> objects.delete(listed.name()));
      listing = objects.list(prefix, null);
    }
    return true;
  }

  /** Removes all items of the account but its last words; false as above. */
  private boolean clearItems(Order order) {
    boolean found;
    do {
      // A request under way may still add something to what was read: look until nothing is there.
      found = false;
      Range range = Range.prefix("");
      Page page;
      do {
        page = index.query(Query.forward(order.did().text(), range, CHUNK));
        List<Write> removals = removals(order, page);
        if (!removals.isEmpty()) {
          found = true;
          removals.add(Write.check(order.key(), order.stands()));
          if (!attempt(removals)) {
            return false;
          }
        }
        if (!page.entries().isEmpty()) {
          range = range.after(page.entries().getLast().key().sort());
        }
      } while (page.more());
    } while (found);
    return true;
  }

  private static List<Write> removals(Order order, Page page) {
    Key lastWords = Outbox.key(order.did(), order.announced());
    List<Write> removals = new ArrayList<>();
    for (Entry entry : page.entries()) {
      if (!entry.key().equals(lastWords)) {
        removals.add(Write.delete(entry.key()));
        MailTokens.claimOf(entry).ifPresent(claim -> removals.add(Write.delete(claim)));
        BlobItems.upload(order.did(), entry).map(Write::delete).ifPresent(removals::add);
      }
    }
    return removals;
  }

  private boolean attempt(List<Write> writes) {
    try {
      index.transact(writes);
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }
}
