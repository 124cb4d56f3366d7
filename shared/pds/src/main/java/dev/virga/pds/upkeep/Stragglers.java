package dev.virga.pds.upkeep;

import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.sync.Sequencer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rounds over all accounts for events that never got their number: those of a batch which the
 * change feed gave up, in accounts where no later event has pulled them along.
 *
 * <p>Looking at an account whose events all have their numbers is one small read. How far a round
 * has come is an item, as in {@link Housekeeping}.
 */
public final class Stragglers {
  private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);

  private static final Key ROUND = new Key("upkeep", "stragglers");
  private static final String CURSOR = "cursor";

  private final Index index;
  private final HostedRepos repos;
  private final Sequencer sequencer;

  public Stragglers(Index index, HostedRepos repos, Sequencer sequencer) {
    this.index = index;
    this.repos = repos;
    this.sequencer = sequencer;
  }

  /**
   * Goes on with the round where the last one stopped.
   *
   * @param accounts the most accounts to look at
   * @return whether the round goes on; if not, the next call begins another
   */
  public boolean goOn(int accounts) {
    @Nullable String cursor = index.get(ROUND).flatMap(item -> item.text(CURSOR)).orElse(null);
    List<HostedRepo> next = repos.list(cursor, accounts);
    next.forEach(this::catchUp);
    @Nullable String reached = next.size() < accounts ? null : next.getLast().cursor();
    if (cursor != null || reached != null) {
      Item progress = Item.builder().text(CURSOR, reached).build();
      index.batchPut(List.of(new Entry(ROUND, progress)));
    }
    return reached != null;
  }

  /** One account that cannot be helped must not keep all after it waiting. */
  private void catchUp(HostedRepo repo) {
    try {
      sequencer.catchUp(repo.did());
    } catch (ConditionFailedException | RuntimeException e) {
      LOG.warn("events of {} wait and get no number, will be tried again", repo.did(), e);
    }
  }
}
