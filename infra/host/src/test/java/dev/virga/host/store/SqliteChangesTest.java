package dev.virga.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.ChangesContract;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteChangesTest extends ChangesContract {
  @TempDir Path directory;

  private @Nullable SqliteIndex opened;

  @Override
  protected Index open(Changes.Listener listener) {
    SqliteIndex index = openFile("contract.db");
    index.deliver(listener);
    opened = index;
    return index;
  }

  @Override
  protected void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private SqliteIndex openFile(String name) {
    return SqliteIndex.open(directory.resolve(name), Durability.PROCESS, Set.of(FEED_PREFIX));
  }

  @Test
  void feedsOnlyRegisteredSortKeys() throws Exception {
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(fed::addAll);
      put(index, "outbox");
      put(index, "rec#outbox#");
      put(index, "outbox#1");

      assertThat(next(fed).key().sort()).isEqualTo("outbox#1");
    }
    assertThat(fed).isEmpty();
  }

  @Test
  void deliversWhatAnEarlierProcessLeft() throws Exception {
    try (SqliteIndex index = openFile("a.db")) {
      for (int i = 0; i < 250; i++) {
        put(index, "outbox#%03d".formatted(i));
      }
    }
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(fed::addAll);
      List<String> sorts = new ArrayList<>();
      while (sorts.size() < 250) {
        sorts.add(next(fed).key().sort());
      }
      assertThat(sorts).isSorted().doesNotHaveDuplicates();
    }
    assertThat(fed).isEmpty();
  }

  @Test
  void deliversNothingAgainAfterAnOrderlyEnd() throws Exception {
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(fed::addAll);
      put(index, "outbox#1");
      next(fed);
    }
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(fed::addAll);
      put(index, "outbox#2");
      assertThat(next(fed).key().sort()).isEqualTo("outbox#2");
    }
  }

  @Test
  void feedsExpiry() throws Exception {
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    Instant expiry = Instant.parse("2030-01-01T00:00:00Z");
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(fed::addAll);
      Item item = Item.builder().text("v", "x").build();
      index.batchPut(List.of(new Entry(new Key("p", "outbox#1"), item, expiry)));
      next(fed);

      assertThat(index.sweep(expiry)).isEqualTo(1);
      Change gone = next(fed);
      assertThat(gone.before()).contains(item);
      assertThat(gone.after()).isEmpty();
    }
  }

  @Test
  void hasOneListener() {
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(_ -> {});
      assertThatThrownBy(() -> index.deliver(_ -> {})).isInstanceOf(IllegalStateException.class);
    }
  }

  /** Stamps every new item, and refuses or fails as it is told. */
  private static final class Stamping implements Changes.Companion {
    private final Condition condition;
    private final List<Boolean> outcomes = new CopyOnWriteArrayList<>();
    private volatile boolean willing = true;

    Stamping(Condition condition) {
      this.condition = condition;
    }

    @Override
    public Optional<List<Write>> join(List<Change> changes) {
      if (!willing) {
        throw new IllegalStateException("not willing");
      }
      return Optional.of(
          changes.stream()
              .<Write>map(change -> Write.update(change.key(), item("stamped"), condition))
              .toList());
    }

    @Override
    public void joined(boolean committed) {
      outcomes.add(committed);
    }

    private static Item item(String v) {
      return Item.builder().text("v", v).build();
    }
  }

  @Test
  void letsACompanionJoinAndFeedsWhatCameOutOfBoth() throws Exception {
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    Stamping companion = new Stamping(Condition.PRESENT);
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(companion, fed::addAll);
      put(index, "outbox#1");
      assertThat(index.get(new Key("p", "outbox#1"))).contains(Stamping.item("stamped"));
      assertThat(companion.outcomes).containsExactly(true);

      Change change = next(fed);
      assertThat(change.before()).isEmpty();
      assertThat(change.after()).contains(Stamping.item("stamped"));
      put(index, "other");
      put(index, "outbox#2");
      assertThat(next(fed).key().sort()).isEqualTo("outbox#2");
    }
    assertThat(fed).isEmpty();
  }

  @Test
  void doesWithoutACompanionThatCannotJoin() throws Exception {
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    Stamping companion = new Stamping(Condition.ABSENT);
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(companion, fed::addAll);
      put(index, "outbox#1");
      assertThat(companion.outcomes).containsExactly(false);
      assertThat(next(fed).after()).contains(Stamping.item("x"));
    }
  }

  @Test
  void asksACompanionAgainWhenTheListenerHasWhatItLeftOut() throws Exception {
    BlockingQueue<Change> fed = new LinkedBlockingQueue<>();
    CountDownLatch held = new CountDownLatch(1);
    Stamping companion = new Stamping(Condition.PRESENT);
    companion.willing = false;
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(
          companion,
          batch -> {
            held.await();
            fed.addAll(batch);
          });
      put(index, "outbox#1");
      companion.willing = true;
      put(index, "outbox#2");
      assertThat(index.get(new Key("p", "outbox#2"))).contains(Stamping.item("x"));

      held.countDown();
      next(fed);
      next(fed);
      Awaitility.await()
          .untilAsserted(
              () -> {
                put(index, "outbox#3");
                assertThat(companion.outcomes).contains(true);
              });
      assertThat(index.get(new Key("p", "outbox#3"))).contains(Stamping.item("stamped"));
    }
  }

  @Test
  void deliversWhatAnEarlierProcessLeftBeforeACompanionJoins() throws Exception {
    try (SqliteIndex index = openFile("a.db")) {
      put(index, "outbox#1");
    }
    CountDownLatch held = new CountDownLatch(1);
    Stamping companion = new Stamping(Condition.PRESENT);
    try (SqliteIndex index = openFile("a.db")) {
      index.deliver(companion, _ -> held.await());
      put(index, "outbox#2");
      assertThat(companion.outcomes).isEmpty();
      held.countDown();
    }
  }

  private static void put(SqliteIndex index, String sort) throws Exception {
    index.transact(Write.all(Write.put(new Key("p", sort), Item.builder().text("v", "x").build())));
  }

  private static Change next(BlockingQueue<Change> fed) throws InterruptedException {
    Change change = fed.poll(60, TimeUnit.SECONDS);
    assertThat(change).as("a change within a minute").isNotNull();
    return change;
  }
}
