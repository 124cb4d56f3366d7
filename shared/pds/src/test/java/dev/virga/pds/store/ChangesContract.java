package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the feed of changes of every {@link Index} promises. */
public abstract class ChangesContract {
  /** The feed that is tested carries the sort keys with this beginning, maybe others too. */
  protected static final String FEED_PREFIX = "outbox#";

  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<Change> delivered = new LinkedBlockingQueue<>();
  private Index index;

  /** A new, empty index that delivers its changes to a listener as soon as it can. */
  protected abstract Index open(Changes.Listener listener) throws Exception;

  /** Ends what {@link #open} began. */
  protected abstract void close() throws Exception;

  /** Called with each batch before it is recorded; throws to refuse it. */
  private volatile Changes.Listener gate = _ -> {};

  @BeforeEach
  void start() throws Exception {
    index =
        open(
            batch -> {
              List<Change> fed =
                  batch.stream().filter(c -> c.key().sort().startsWith(FEED_PREFIX)).toList();
              gate.accept(fed);
              delivered.addAll(fed);
            });
  }

  @AfterEach
  void stop() throws Exception {
    close();
  }

  @Test
  void reportsWhatWasThereBeforeAndAfter() throws Exception {
    Key key = outbox("p", 1);
    index.transact(Write.all(Write.put(key, item(1))));
    index.transact(Write.all(Write.update(key, item("b", 2), Condition.PRESENT)));
    index.transact(Write.all(Write.delete(key)));

    Change created = next();
    assertThat(created.key()).isEqualTo(key);
    assertThat(created.before()).isEmpty();
    assertThat(created.after()).contains(item(1));
    Change updated = next();
    assertThat(updated.before()).contains(item(1));
    assertThat(updated.after()).contains(item(1).toBuilder().number("b", 2).build());
    Change deleted = next();
    assertThat(deleted.before()).isEqualTo(updated.after());
    assertThat(deleted.after()).isEmpty();
  }

  @Test
  void reportsBatchesToo() throws Exception {
    index.batchPut(List.of(new Entry(outbox("p", 1), item(1))));
    assertThat(next().after()).contains(item(1));

    index.batchDelete(List.of(outbox("p", 1)));
    assertThat(next().before()).contains(item(1));
  }

  @Test
  void reportsOnlyWhatWasCommitted() throws Exception {
    Write impossible = Write.check(new Key("p", "none"), Condition.PRESENT);
    assertFails(Write.put(outbox("p", 1), item(1)), impossible);
    assertFails(impossible, Write.put(outbox("p", 2), item(2)));
    index.transact(Write.all(Write.put(outbox("p", 3), item(3))));

    assertThat(next().key()).isEqualTo(outbox("p", 3));
  }

  @Test
  void isVisibleToReadersWhenItIsReported() throws Exception {
    List<String> missing = new ArrayList<>();
    gate =
        batch -> {
          for (Change change : batch) {
            if (!index.get(change.key()).equals(change.after())) {
              missing.add(change.key().sort());
            }
          }
        };
    for (int i = 0; i < 50; i++) {
      index.transact(Write.all(Write.put(outbox("p", i), item(i))));
    }
    take(50);
    assertThat(missing).isEmpty();
  }

  @Test
  void keepsTheOrderOfEachPartition() throws Exception {
    int perPartition = 100;
    Concurrently.run(
        4,
        writer -> {
          for (int i = 0; i < perPartition; i++) {
            index.transact(Write.all(Write.put(outbox("p" + writer, i), item(i))));
          }
        });

    List<Change> all = take(4 * perPartition);
    for (int writer = 0; writer < 4; writer++) {
      String partition = "p" + writer;
      assertThat(all.stream().filter(change -> change.key().partition().equals(partition)))
          .extracting(change -> change.key().sort())
          .containsExactlyElementsOf(
              IntStream.range(0, perPartition).mapToObj(i -> outbox(partition, i).sort()).toList());
    }
  }

  /** Where that is promised. */
  @Test
  void keepsTheOrderOfATransaction() throws Exception {
    assumeTrue(index.tellsInOrder(), "this store tells a transaction's changes in any order");
    List<Key> order = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      order.add(outbox("p", i * 7 % 20));
    }
    index.transact(order.stream().<Write>map(key -> Write.put(key, item(1))).toList());
    assertThat(take(20)).extracting(Change::key).containsExactlyElementsOf(order);
  }

  @Test
  void comesAgainInTheSameOrderWhenTheListenerThrows() throws Exception {
    AtomicInteger refusals = new AtomicInteger(3);
    BlockingQueue<Key> firstOfRefused = new LinkedBlockingQueue<>();
    gate =
        batch -> {
          if (!batch.isEmpty() && refusals.getAndDecrement() > 0) {
            firstOfRefused.add(batch.getFirst().key());
            throw new IllegalStateException("refused on purpose");
          }
        };
    for (int i = 0; i < 20; i++) {
      index.transact(Write.all(Write.put(outbox("p", i), item(i))));
    }

    assertThat(take(20))
        .extracting(Change::key)
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> outbox("p", i)).toList());
    assertThat(firstOfRefused).containsOnly(outbox("p", 0)).hasSize(3);
  }

  private void assertFails(Write... writes) {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() -> index.transact(Write.all(writes))))
        .isInstanceOf(ConditionFailedException.class);
  }

  private List<Change> take(int count) throws InterruptedException {
    List<Change> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(next());
    }
    return taken;
  }

  private Change next() throws InterruptedException {
    Change change = delivered.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(change).as("a change within a minute").isNotNull();
    return change;
  }

  private static Key outbox(String partition, int number) {
    return new Key(partition, FEED_PREFIX + "%05d".formatted(number));
  }

  private static Item item(int number) {
    return item("n", number);
  }

  private static Item item(String name, int number) {
    return Item.builder().number(name, number).build();
  }
}
