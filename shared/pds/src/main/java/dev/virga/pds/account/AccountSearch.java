package dev.virga.pds.account;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds accounts by their e-mail address, for the operator. */
public final class AccountSearch {
  /** Accounts looked at for one answer; the cursor leads on from there, found or not. */
  public static final int MAX_LOOKED_AT = 2_000;

  private static final int PAGE = 200;
  private static final Pattern CURSOR = Pattern.compile("\\d{13}::did:.{1,2048}");

  private final Index index;
  private final Accounts accounts;

  public AccountSearch(Index index, Accounts accounts) {
    this.index = index;
    this.accounts = accounts;
  }

  /** Some accounts, oldest first, and where to look on; an empty page may have a cursor too. */
  public record Found(List<Account> accounts, Optional<String> cursor) {
    public Found {
      accounts = List.copyOf(accounts);
    }
  }

  /**
   * Accounts whose address is this one, or contains this part of one; all accounts for nothing.
   *
   * @param cursor of the page before; empty to begin
   * @throws XrpcException InvalidRequest if the cursor is malformed
   */
  public Found byEmail(String email, Optional<String> cursor, int limit) {
    if (cursor.isPresent() && !CURSOR.matcher(cursor.get()).matches()) {
      throw XrpcException.invalidRequest("Malformed cursor");
    }
    Optional<EmailAddress> whole = address(email);
    if (whole.isPresent()) {
      return new Found(accounts.find(whole.get()).stream().toList(), Optional.empty());
    }
    return walk(email.strip().toLowerCase(Locale.ROOT), cursor.orElse(null), limit);
  }

  private Found walk(String part, @Nullable String from, int limit) {
    List<Account> found = new ArrayList<>();
    @Nullable String reached = from;
    int looked = 0;
    Page page;
    do {
      page = index.query(Query.forward(AccountKeys.LISTING, Range.prefix("").after(reached), PAGE));
      for (Account account : read(page)) {
        if (account.email().text().contains(part)) {
          found.add(account);
          if (found.size() == limit) {
            return new Found(found, Optional.of(cursor(account)));
          }
        }
      }
      looked += page.entries().size();
      if (!page.entries().isEmpty()) {
        reached = page.entries().getLast().key().sort();
      }
    } while (page.more() && looked < MAX_LOOKED_AT);
    return new Found(found, page.more() ? Optional.ofNullable(reached) : Optional.empty());
  }

  private static String cursor(Account account) {
    return AccountKeys.listing(account.createdAt(), account.did()).sort();
  }

  private List<Account> read(Page page) {
    List<Did> dids =
        page.entries().stream()
            .map(Entry::item)
            .map(item -> Did.parse(item.requireText("did")))
            .toList();
    Map<Key, Item> items = index.batchGet(dids.stream().map(AccountKeys::account).toList());
    List<Account> read = new ArrayList<>();
    for (Did did : dids) {
      Item item = items.get(AccountKeys.account(did));
      if (item != null) {
        read.add(Account.from(did, item));
      }
    }
    return read;
  }

  private static Optional<EmailAddress> address(String text) {
    try {
      return Optional.of(EmailAddress.parse(text));
    } catch (SyntaxException e) {
      return Optional.empty();
    }
  }
}
