package dev.virga.pds.account;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The accounts of this server, found by DID, handle or e-mail address. */
public final class Accounts {
  private final Index index;
  private final RecentAccounts recent;

  /** The accounts in an index. */
  public Accounts(Index index, InstantSource clock) {
    this.index = index;
    this.recent = new RecentAccounts(clock);
  }

  public Optional<Account> find(Did did) {
    return index.get(AccountKeys.account(did)).map(item -> Account.from(did, item));
  }

  public Optional<Account> find(Handle handle) {
    return claimant(AccountKeys.handle(handle))
        .flatMap(this::find)
        .filter(account -> account.handle().equals(handle));
  }

  public Optional<Account> find(EmailAddress email) {
    return claimant(AccountKeys.email(email))
        .flatMap(this::find)
        .filter(account -> account.email().equals(email));
  }

  public Optional<Account> find(AtIdentifier identifier) {
    return switch (identifier) {
      case Did did -> find(did);
      case Handle handle -> find(handle);
    };
  }

  /**
   * An account as it is, or, if it is active, as this process saw it a few seconds ago: for what
   * anybody may read, where a look at the account would cost as much as what was asked for.
   */
  public Optional<Account> recall(AtIdentifier identifier) {
    Optional<Account> known = recent.find(identifier);
    if (known.isPresent()) {
      return known;
    }
    Optional<Account> found = find(identifier);
    found.ifPresent(account -> recent.keep(identifier, account));
    return found;
  }

  /** Makes the next {@link #recall} look: whoever changes an account calls it afterwards. */
  void forget(Did did) {
    recent.forget(did);
  }

  /**
   * The account that asks by a token of ours.
   *
   * @throws XrpcException 403 AccountNotFound if it is gone
   */
  public Account require(Did did) {
    return find(did).orElseThrow(Accounts::notFound);
  }

  /**
   * The account that asks, which no moderator keeps out.
   *
   * @throws XrpcException 403 AccountNotFound, 401 AccountTakedown
   */
  public Account requireUnbarred(Did did) {
    Account account = require(did);
    if (account.status().isBarred()) {
      throw barred();
    }
    return account;
  }

  static XrpcException barred() {
    return XrpcException.unauthorized("AccountTakedown", "Account has been taken down");
  }

  /** Whether an account of this DID was deleted and not everything of it has been removed yet. */
  boolean isBeingDeleted(Did did) {
    return index.get(AccountKeys.deletion(did)).isPresent();
  }

  static XrpcException notFound() {
    return new XrpcException(403, "AccountNotFound", "Account not found");
  }

  private Optional<Did> claimant(Key key) {
    return index.get(key).map(item -> Did.parse(item.requireText("did")));
  }

  /**
   * The writes that make an account.
   *
   * @param claimable what must hold of the claims of its handle and its address
   */
  static List<Write> creation(Account account, Condition claimable) {
    return List.of(
        Write.put(AccountKeys.account(account.did()), account.toItem(), Condition.ABSENT),
        Write.put(AccountKeys.handle(account.handle()), claim(account.did()), claimable),
        Write.put(AccountKeys.email(account.email()), claim(account.did()), claimable),
        Write.put(
            AccountKeys.listing(account.createdAt(), account.did()),
            Item.builder().text("did", account.did().text()).build()));
  }

  /** Whether there is an account's own item at a key. */
  public static boolean isAccount(Did did, Key key) {
    return key.equals(AccountKeys.account(did));
  }

  /** What leads to an account, as entries: for when the Index is made anew. */
  public static List<Entry> claims(Account account) {
    Did did = account.did();
    return List.of(
        new Entry(AccountKeys.handle(account.handle()), claim(did)),
        new Entry(AccountKeys.email(account.email()), claim(did)),
        new Entry(
            AccountKeys.listing(account.createdAt(), did),
            Item.builder().text("did", did.text()).build()));
  }

  /** As above, of the account that an item holds. */
  public static List<Entry> claims(Did did, Item account) {
    return claims(Account.from(did, account));
  }

  static Item claim(Did did) {
    return Item.builder().text("did", did.text()).build();
  }

  /** Demands that nothing ended an account's sessions since it was read. */
  static Write epochCheck(Account account) {
    return Write.check(
        AccountKeys.account(account.did()), Condition.equal("epoch", account.epoch()));
  }
}
