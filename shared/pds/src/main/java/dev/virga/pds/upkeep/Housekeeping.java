package dev.virga.pds.upkeep;

import dev.virga.pds.backup.AccountSnapshots;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.Tidying;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rounds over all accounts to tidy up and to take snapshots, a few accounts at a time, each round
 * at most once a day.
 *
 * <p>How far a round has come is an item, so that any process can go on with it. Two that do so at
 * once do the same work twice and no harm.
 */
public final class Housekeeping {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private static final Duration EVERY = Duration.ofDays(1);
  private static final Key ROUND = new Key("upkeep", "round");
  private static final String BEGAN = "began";
  private static final String CURSOR = "cursor";

  private final Index index;
  private final HostedRepos repos;
  private final Tidying tidying;
  private final AccountSnapshots snapshots;
  private final InstantSource clock;

  public Housekeeping(
      Index index,
      HostedRepos repos,
      Tidying tidying,
      AccountSnapshots snapshots,
      InstantSource clock) {
    this.index = index;
    this.repos = repos;
    this.tidying = tidying;
    this.snapshots = snapshots;
    this.clock = clock;
  }

  /**
   * Goes on with the round, or begins the next one if it is time to.
   *
   * @param accounts the most accounts to look at
   * @return whether the round goes on
   */
  public boolean goOn(int accounts) {
    Optional<Item> round = index.get(ROUND);
    Instant began =
        Instant.ofEpochMilli(round.flatMap(item -> item.number(BEGAN)).orElse(Long.valueOf(0)));
    @Nullable String cursor = round.flatMap(item -> item.text(CURSOR)).orElse(null);
    if (cursor == null) {
      if (round.isPresent() && clock.instant().isBefore(began.plus(EVERY))) {
        return false;
      }
      began = clock.instant();
    }
    List<HostedRepo> next = repos.list(cursor, accounts);
    next.forEach(this::keep);
    @Nullable String reached = next.size() < accounts ? null : next.getLast().cursor();
    Item progress =
        Item.builder().number(BEGAN, began.toEpochMilli()).text(CURSOR, reached).build();
    index.batchPut(List.of(new Entry(ROUND, progress)));
    return reached != null;
  }

  /** One account that cannot be tidied up must not keep all after it waiting. */
  private void keep(HostedRepo repo) {
    try {
      boolean _ = snapshots.store(repo.did());
      Tidying.Done done = tidying.tidy(repo.did());
      if (done.merged() || done.removed() > 0) {
        LOG.info(
            "{}: {}, {} objects removed",
            repo.did(),
            done.merged() ? "packs merged" : "tidied up",
            done.removed());
      }
    } catch (RuntimeException e) {
      LOG.warn("{} could not be tidied up, will be tried again", repo.did(), e);
    }
  }
}
