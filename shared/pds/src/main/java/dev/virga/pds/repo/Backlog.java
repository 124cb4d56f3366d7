package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What waits in the outboxes though no change feed will bring it any more, because none was read
 * for longer than it remembers.
 *
 * <p>Looks through all accounts, at a query each; to be done before the feed is read again, so that
 * the events of each account keep their order.
 */
public final class Backlog {
  private static final int ACCOUNTS = 100;
  private static final int ITEMS = 100;

  private final Index index;
  private final HostedRepos repos;
  private final Changes.Listener listener;

  /**
   * @param listener what the feed is read by
   */
  public Backlog(Index index, HostedRepos repos, Changes.Listener listener) {
    this.index = index;
    this.repos = repos;
    this.listener = listener;
  }

  /**
   * Delivers what waits, oldest first within an account.
   *
   * @return the number of outbox items
   * @throws Exception of the listener; doing it again is harmless
   */
  public int deliver() throws Exception {
    int delivered = 0;
    @Nullable String cursor = null;
    List<HostedRepo> page;
    do {
      page = repos.list(cursor, ACCOUNTS);
      for (HostedRepo repo : page) {
        delivered += deliver(repo.did());
        cursor = repo.cursor();
      }
    } while (!page.isEmpty());
    return delivered;
  }

  private int deliver(Did did) throws Exception {
    int delivered = 0;
    Range range = Outbox.all();
    Page page;
    do {
      page = index.query(Query.forward(did.text(), range, ITEMS));
      List<Change> waiting = new ArrayList<>();
      for (Entry entry : page.entries()) {
        if (Outbox.waits(entry.item())) {
          waiting.add(new Change(entry.key(), Optional.empty(), Optional.of(entry.item())));
        }
        range = range.after(entry.key().sort());
      }
      if (!waiting.isEmpty()) {
        listener.accept(waiting);
      }
      delivered += waiting.size();
    } while (page.more());
    return delivered;
  }
}
