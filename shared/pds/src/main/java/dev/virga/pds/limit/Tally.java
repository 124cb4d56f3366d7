package dev.virga.pds.limit;

import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The count that all processes share, of one subject in one window: an item of the Index. */
final class Tally {
  private static final String COUNT = "count";

  private final Index index;
  private final Key key;
  private final Instant end;

  /**
   * A tally, which need not be there yet.
   *
   * @param end of the window, from when the item may be forgotten
   */
  Tally(Index index, Limit limit, String subject, Instant start, Instant end) {
    this.index = index;
    this.key =
        new Key(
            "limit#" + limit.name() + "#" + subject,
            String.format(Locale.ROOT, "%012d", start.getEpochSecond()));
    this.end = end;
  }

  /** What was counted so far. */
  long read() {
    return index.get(key).flatMap(item -> item.number(COUNT)).orElse(0L);
  }

  /** Replaces the count; false if it is not what the caller thought. */
  boolean advance(long from, long to) {
    Condition unchanged = from == 0 ? Condition.ABSENT : Condition.equal(COUNT, from);
    Item item = Item.builder().number(COUNT, to).build();
    try {
      index.transact(List.of(new Write.Put(key, item, end, unchanged)));
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }
}
