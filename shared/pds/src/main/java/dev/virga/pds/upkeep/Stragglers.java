package dev.virga.pds.upkeep;

import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.sync.Backlog;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rounds over all accounts for events that no change feed brings any more: those of a batch which
 * the feed gave up, in accounts where no later event has pulled them along; or all that came while
 * nobody read the feed for longer than it remembers.
 *
 * <p>Looking at an account whose events all have their numbers is one small read.
 */
public final class Stragglers {
  private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);

  private static final Key ROUND = new Key("upkeep", "stragglers");
  private static final String CURSOR = "cursor";
  private static final int PAGE = 100;

  private final Index index;
  private final HostedRepos repos;
  private final Changes.Listener listener;

  /**
   * @param listener what the feed is read by
   */
  public Stragglers(Index index, HostedRepos repos, Changes.Listener listener) {
    this.index = index;
    this.repos = repos;
    this.listener = listener;
  }

  /**
   * Goes on with the round where the last one stopped: how far it has come is an item, as in {@link
   * Housekeeping}. An account that cannot be helped is left for the next round.
   *
   * @param accounts the most accounts to look at
   * @return whether the round goes on; if not, the next call begins another
   */
  public boolean goOn(int accounts) {
    @Nullable String cursor = index.get(ROUND).flatMap(item -> item.text(CURSOR)).orElse(null);
    List<HostedRepo> next = repos.list(cursor, accounts);
    next.forEach(this::attempt);
    @Nullable String reached = next.size() < accounts ? null : next.getLast().cursor();
    if (cursor != null || reached != null) {
      Item progress = Item.builder().text(CURSOR, reached).build();
      index.batchPut(List.of(new Entry(ROUND, progress)));
    }
    return reached != null;
  }

  /** One account that cannot be helped must not keep all after it waiting. */
  private void attempt(HostedRepo repo) {
    try {
      int _ = Backlog.deliver(index, repo.did(), listener);
    } catch (Exception e) {
      LOG.warn("events of {} wait and get no number, will be tried again", repo.did(), e);
    }
  }

  /**
   * Looks at all accounts in one go, before the feed is read again, so that the events of each
   * account keep their order.
   *
   * @return the number of outbox items that waited
   * @throws Exception of the listener; doing it again is harmless
   */
  public int all() throws Exception {
    int delivered = 0;
    @Nullable String cursor = null;
    List<HostedRepo> page;
    do {
      page = repos.list(cursor, PAGE);
      for (HostedRepo repo : page) {
        delivered += Backlog.deliver(index, repo.did(), listener);
        cursor = repo.cursor();
      }
    } while (!page.isEmpty());
    return delivered;
  }
}
