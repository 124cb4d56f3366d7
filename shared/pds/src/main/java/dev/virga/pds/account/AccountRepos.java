package dev.virga.pds.account;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The repositories of this server's accounts: every account has one, in its own state. */
public final class AccountRepos implements HostedRepos {
  private static final Pattern CURSOR = Pattern.compile("\\d{13}::(did:.{1,2048})");

  private final Index index;
  private final Accounts accounts;

  public AccountRepos(Index index, Accounts accounts) {
    this.index = index;
    this.accounts = accounts;
  }

  @Override
  public Optional<HostedRepo> find(AtIdentifier identifier) {
    return accounts.recall(identifier).map(AccountRepos::repo);
  }

  @Override
  public List<HostedRepo> list(@Nullable String cursor, int limit) {
    if (cursor != null && !CURSOR.matcher(cursor).matches()) {
      throw XrpcException.invalidRequest("Malformed cursor");
    }
    List<HostedRepo> repos = new ArrayList<>();
    Range range = Range.prefix("").after(cursor);
    Page page;
    do {
      page = index.query(Query.forward(AccountKeys.LISTING, range, limit - repos.size()));
      repos.addAll(read(page));
      if (!page.entries().isEmpty()) {
        range = range.after(page.entries().getLast().key().sort());
      }
    } while (page.more() && repos.size() < limit);
    return repos;
  }

  /** The accounts of a page; one that was deleted just now is left out. */
  private List<HostedRepo> read(Page page) {
    List<Did> dids =
        page.entries().stream()
            .map(Entry::item)
            .map(item -> Did.parse(item.requireText("did")))
            .toList();
    Map<Key, Item> items = index.batchGet(dids.stream().map(AccountKeys::account).toList());
    return dids.stream()
        .flatMap(
            did ->
                Optional.ofNullable(items.get(AccountKeys.account(did))).stream()
                    .map(item -> repo(Account.from(did, item))))
        .toList();
  }

  private static HostedRepo repo(Account account) {
    return new HostedRepo(
        account.did(),
        account.handle(),
        account.status().repoState(),
        AccountKeys.listing(account.createdAt(), account.did()).sort());
  }
}
