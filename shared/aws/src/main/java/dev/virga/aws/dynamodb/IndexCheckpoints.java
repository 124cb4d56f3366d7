package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checkpoints kept in the Index itself, so that the next process goes on where this one was.
 *
 * <p>A position is written every ten seconds at most: what was read since comes again, as it may
 * anyway. Trap: writing one is a change that shows up in the stream, which is why {@link
 * StreamPoller} saves a position only after a batch that had something for its listener.
 */
public final class IndexCheckpoints implements Checkpoints {
  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(10);

  /** Longer than the stream remembers, so that no shard that was read is read again. */
  private static final Duration KEPT = Duration.ofDays(2);

  private final Index index;
  private final String partition;
  private final InstantSource clock;
  private final Map<String, String> positions = new HashMap<>();
  private final Map<String, Instant> written = new HashMap<>();

  private IndexCheckpoints(Index index, String stream, InstantSource clock) {
    this.index = index;
    this.partition = "stream#" + stream;
    this.clock = clock;
  }

  /**
   * Reads what earlier processes wrote.
   *
   * @param stream the ARN of the stream
   */
  public static IndexCheckpoints open(Index index, String stream, InstantSource clock) {
    IndexCheckpoints checkpoints = new IndexCheckpoints(index, stream, clock);
    checkpoints.read();
    return checkpoints;
  }

  private void read() {
    Range range = Range.prefix("");
    Page page;
    do {
      page = index.query(Query.forward(partition, range, Query.MAX_LIMIT));
      for (Entry entry : page.entries()) {
        String shard = entry.key().sort();
        positions.put(shard, entry.item().requireText("position"));
        written.put(shard, Instant.ofEpochMilli(entry.item().requireNumber("time")));
        range = range.after(shard);
      }
    } while (page.more());
  }

  /** When a position was last written; empty if none is kept. */
  public synchronized Optional<Instant> lastWritten() {
    return written.values().stream().max(Instant::compareTo);
  }

  @Override
  public synchronized Optional<String> load(String shard) {
    return Optional.ofNullable(positions.get(shard));
  }

  @Override
  public synchronized void save(String shard, String position) {
    positions.put(shard, position);
    Instant now = clock.instant();
    Instant due = written.getOrDefault(shard, Instant.MIN).plus(BETWEEN_WRITES);
    if (position.equals(END) || !now.isBefore(due)) {
      Item item =
          Item.builder().text("position", position).number("time", now.toEpochMilli()).build();
      index.batchPut(List.of(new Entry(new Key(partition, shard), item, now.plus(KEPT))));
      written.put(shard, now);
    }
  }
}
