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

/** The repositories of this server as its accounts present them. */
public final class AccountRepos implements HostedRepos {
  private static final Pattern CURSOR = Pattern.compile("[0-9]{13}::did:[a-z]+:[!-~]{1,2000}");

  /** All entries of the listing: they begin with a digit. */
  private static final Range ALL = new Range("0", ":");

  private final Index index;
  private final Accounts accounts;

  public AccountRepos(Index index, Accounts accounts) {
    this.index = index;
    this.accounts = accounts;
  }

  @Override
  public Optional<HostedRepo> find(AtIdentifier account) {
    return accounts.find(account).map(AccountRepos::repo);
  }

  private static HostedRepo repo(Account account) {
    return new HostedRepo(
        account.did(),
        account.handle(),
        account.status().repoState(),
        AccountKeys.listing(account.createdAt(), account.did()).sort());
  }

  @Override
  public List<HostedRepo> list(@Nullable String cursor, int limit) {
    if (cursor != null && !CURSOR.matcher(cursor).matches()) {
      throw XrpcException.invalidRequest("Malformed cursor");
    }
    List<HostedRepo> repos = new ArrayList<>();
    @Nullable String reached = cursor;
    Page page;
    do {
      page =
          index.query(Query.forward(AccountKeys.LISTING, ALL.after(reached), limit - repos.size()));
      List<Did> dids = new ArrayList<>();
      for (Entry entry : page.entries()) {
        reached = entry.key().sort();
        dids.add(Did.parse(entry.item().requireText("did")));
      }
      repos.addAll(read(dids));
    } while (page.more() && repos.size() < limit);
    return repos;
  }

  private List<HostedRepo> read(List<Did> dids) {
    if (dids.isEmpty()) {
      return List.of();
    }
    Map<Key, Item> items = index.batchGet(dids.stream().map(AccountKeys::account).toList());
    List<HostedRepo> repos = new ArrayList<>();
    for (Did did : dids) {
      Item item = items.get(AccountKeys.account(did));
      if (item != null) {
        repos.add(repo(Account.from(did, item)));
      }
    }
    return repos;
  }
}
