package dev.virga.pds.sim;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * The change feed as a cloud delivers it: in order within a partition, in any order between them,
 * from an earlier place again now and then, to several readers at once.
 */
final class Feed {
  private final MemoryIndex index;
  private final Random random;
  private final Map<String, List<Change>> changes = new TreeMap<>();
  private final Map<String, Integer> done = new TreeMap<>();

  Feed(MemoryIndex index, Random random) {
    this.index = index;
    this.random = random;
  }

  /** What a reader is given; it says when it is done with it. */
  record Batch(String partition, int end, List<Change> changes) {}

  private void gather() {
    try {
      int _ =
          index.pump(
              batch ->
                  batch.stream()
                      .filter(change -> Outbox.holds(change.key()))
                      .forEach(
                          change ->
                              changes
                                  .computeIfAbsent(
                                      change.key().partition(), key -> new ArrayList<>())
                                  .add(change)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  boolean isEmpty() {
    gather();
    return changes.entrySet().stream()
        .allMatch(entry -> done.getOrDefault(entry.getKey(), 0) == entry.getValue().size());
  }

  /** Some changes of one partition; none if there is nothing new. */
  List<Batch> next() {
    gather();
    List<String> waiting =
        changes.entrySet().stream()
            .filter(entry -> done.getOrDefault(entry.getKey(), 0) < entry.getValue().size())
            .map(Map.Entry::getKey)
            .toList();
    if (waiting.isEmpty()) {
      return List.of();
    }
    String partition = waiting.get(random.nextInt(waiting.size()));
    List<Change> all = Objects.requireNonNull(changes.get(partition));
    int from = done.getOrDefault(partition, 0);
    int to = from + 1 + random.nextInt(all.size() - from);
    int again = random.nextInt(4) == 0 ? Math.max(0, from - random.nextInt(12)) : from;
    return List.of(new Batch(partition, to, List.copyOf(all.subList(again, to))));
  }

  void done(Batch batch) {
    done.merge(batch.partition(), batch.end(), Math::max);
  }
}
