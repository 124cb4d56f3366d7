package dev.virga.host.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.IndexContract;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteIndexTest extends IndexContract {
  @TempDir Path directory;

  @Override
  protected Index open() {
    return SqliteIndex.open(
        directory.resolve("made/index.db"), Durability.PROCESS, Set.of("outbox#"));
  }

  @Test
  void findsTheSameByManyAsByOne() {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < Index.MAX_BATCH; i++) {
      keys.add(new Key("p" + i % 13 / 6, "s" + i)); // partitions of some 46, 46 and 8
    }
    for (int i = 0; i < keys.size(); i += 1 + i % 3) {
      index.batchPut(List.of(new Entry(keys.get(i), Item.builder().number("n", i).build())));
    }
    for (int count : List.of(1, 2, 33, 70, keys.size())) {
      Map<Key, Item> expected = new HashMap<>();
      keys.subList(0, count)
          .forEach(key -> index.get(key).ifPresent(item -> expected.put(key, item)));
      assertThat(index.batchGet(keys.subList(0, count))).isEqualTo(expected);
    }
  }

  @Override
  protected void close() {
    ((SqliteIndex) index).close();
  }

  @Override
  protected boolean sweep(Instant now) {
    ((SqliteIndex) index).sweep(now);
    return true;
  }
}
