package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The order of the log, whatever the change feed does: Lambda delivers batches again, from several
 * shards at once, and passes over one that failed too often.
 */
class SequencerOrderTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ACCOUNTS = 7;

  private final MemoryIndex index = new MemoryIndex();
  private final AtomicLong millis = new AtomicLong(NOW.toEpochMilli());
  private final EventLog log = log(index);
  private final AtomicLong told = new AtomicLong();
  private long nextTid = 1_000_000;

  private Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  private EventLog log(Index on) {
    return new EventLog(on, this::now, Duration.ofDays(3));
  }

  private Sequencer sequencer(Index on) {
    return new Sequencer(on, log(on), this::now, last -> told.accumulateAndGet(last, Math::max));
  }

  private static Did did(int number) {
    return Did.parse("did:web:n" + number + ".example.com");
  }

  /** One event with a name for it. */
  private void put(Did did, String name, int more) throws Exception {
    List<EventBody> events = new ArrayList<>();
    events.add(new AccountEvent(did, false, name));
    for (int i = 0; i < more; i++) {
      events.add(new AccountEvent(did, false, name + "." + i));
    }
    index.transact(List.of(Outbox.put(did, Tid.of(nextTid++, 1), Outbox.Content.of(events))));
  }

  /** What was put since the last time. */
  private List<Change> changes() throws Exception {
    List<Change> changes = new ArrayList<>();
    index.pump(changes::addAll);
    return changes.stream()
        .filter(change -> change.before().isEmpty() && Outbox.holds(change.key()))
        .toList();
  }

  private List<LogEntry> all() {
    List<LogEntry> entries = new ArrayList<>();
    List<LogEntry> page;
    do {
      long from = entries.isEmpty() ? 0 : entries.getLast().seq();
      page = log.after(from, log.last(), 1_000);
      entries.addAll(page);
    } while (!page.isEmpty());
    return entries;
  }

  private static List<byte[]> events(List<LogEntry> entries, Did did) {
    return entries.stream().filter(e -> e.did().equals(did)).map(LogEntry::event).toList();
  }

  private static List<byte[]> written(List<Change> changes, Did did) {
    return changes.stream()
        .filter(change -> change.key().partition().equals(did.text()))
        .flatMap(change -> Outbox.events(change.after().orElseThrow()).stream())
        .toList();
  }

  private void everythingOnceAndInOrder(String seed, List<Change> changes) {
    List<LogEntry> entries = all();
    assertThat(entries).as(seed).extracting(LogEntry::seq).isSorted().doesNotHaveDuplicates();
    for (int account = 0; account < ACCOUNTS; account++) {
      Did did = did(account);
      assertThat(events(entries, did))
          .as("%s, %s", seed, did)
          .usingElementComparator(java.util.Arrays::compare)
          .isEqualTo(written(changes, did));
    }
    assertThat(told).as(seed).hasValue(log.last());
  }

  @Test
  void aBatchThatWasPassedOverIsNumberedBeforeTheNextOfItsAccount() throws Exception {
    put(did(1), "first", 0);
    put(did(2), "other", 0);
    put(did(1), "second", 1);
    put(did(1), "third", 0);
    List<Change> changes = changes();
    sequencer(index).accept(List.of(changes.get(3)));
    assertThat(all()).extracting(LogEntry::did).containsExactly(did(1), did(1), did(1), did(1));
    sequencer(index).accept(changes);
    everythingOnceAndInOrder("", changes);
  }

  @Test
  void aBatchInTheWrongOrderIsPutInOrder() throws Exception {
    for (int i = 0; i < 5; i++) {
      put(did(i % 2), "n" + i, 0);
    }
    List<Change> changes = changes();
    sequencer(index).accept(changes.reversed());
    everythingOnceAndInOrder("", changes);
  }

  @Test
  void aLongBacklogIsTakenFromItsBeginning() throws Exception {
    for (int i = 0; i < 1_300; i++) {
      put(did(1), "n" + i, i % 3);
    }
    List<Change> changes = changes();
    sequencer(index).accept(List.of(changes.getLast()));
    everythingOnceAndInOrder("", changes);
  }

  @Test
  void aBacklogThatNobodyFeedsIsTakenWhenAskedFor() throws Exception {
    put(did(1), "first", 0);
    put(did(1), "second", 0);
    List<Change> changes = changes();
    Sequencer sequencer = sequencer(index);
    assertThat(Backlog.deliver(index, did(1), sequencer)).isEqualTo(2);
    assertThat(Backlog.deliver(index, did(2), sequencer)).isZero();
    everythingOnceAndInOrder("", changes);
  }

  @Test
  void eventsTooLargeForOneTransactionAreSplitByTheirBytes() throws Exception {
    String large = "x".repeat(300_000);
    for (int i = 0; i < 20; i++) {
      put(did(1), large + i, 0);
    }
    List<Change> changes = changes();
    sequencer(index).accept(changes);
    everythingOnceAndInOrder("", changes);
  }

  @Test
  void whoTellsAnybodyDiesAndTheNextOneTells() throws Exception {
    put(did(1), "first", 0);
    List<Change> changes = changes();
    Sequencer dying =
        new Sequencer(
            index,
            log,
            this::now,
            last -> {
              throw new StoreException("dies");
            });
    try {
      dying.accept(changes);
    } catch (StoreException expected) {
      assertThat(told).hasValue(0);
    }
    sequencer(index).accept(changes);
    everythingOnceAndInOrder("", changes);
  }

  @Test
  void theClockOfAnotherInstanceMayBeBehind() throws Exception {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      put(did(i % 3), "n" + i, 0);
      List<Change> some = changes();
      changes.addAll(some);
      millis.addAndGet(i % 2 == 0 ? 5_000 : -7_000_000);
      sequencer(index).accept(some);
    }
    millis.set(NOW.toEpochMilli());
    everythingOnceAndInOrder("", changes);
  }

  /** Shards at once, each with its own luck: repeated, late, failed and passed-over batches. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whateverTheFeedDoesEveryEventIsNumberedOnceAndInOrder(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 250; i++) {
      put(did(random.nextInt(ACCOUNTS)), "n" + i, random.nextInt(4) == 0 ? 2 : 0);
    }
    List<Change> changes = changes();
    int shards = random.nextInt(1, 5);
    Map<Integer, List<Change>> byShard = new HashMap<>();
    for (Change change : changes) {
      int shard = Math.floorMod(change.key().partition().hashCode(), shards);
      byShard.computeIfAbsent(shard, s -> new ArrayList<>()).add(change);
    }
    ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    AtomicInteger passedOver = new AtomicInteger();
    byShard.forEach(
        (shard, own) -> {
          Random luck = new Random(seed * 31 + shard);
          threads.add(
              Thread.ofPlatform()
                  .uncaughtExceptionHandler((t, e) -> broken.add(e))
                  .start(() -> passedOver.addAndGet(new Shard(own, luck).run())));
        });
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(broken).as("seed %s", seed).isEmpty();
    for (int account = 0; account < ACCOUNTS; account++) {
      // maintenance, for those with no later event
      int _ = Backlog.deliver(index, did(account), sequencer(index));
    }
    // Whoever died with the last number, before telling anybody, leaves that to the next event.
    put(did(0), "last", 0);
    List<Change> last = changes();
    sequencer(index).accept(last);
    List<Change> all = new ArrayList<>(changes);
    all.addAll(last);
    everythingOnceAndInOrder("seed " + seed + ", passed over " + passedOver, all);
  }

  /** A shard as Lambda's poller reads it, and the function instances that it goes to. */
  private final class Shard {
    private final List<Change> changes;
    private final Random luck;
    private final List<List<Change>> delivered = new ArrayList<>();
    private Sequencer instance;

    Shard(List<Change> changes, Random luck) {
      this.changes = changes;
      this.luck = luck;
      this.instance = fresh();
    }

    private Sequencer fresh() {
      return sequencer(FaultyIndex.random(index, luck, 4));
    }

    /** Delivers everything; says how many batches were passed over. */
    int run() {
      int passedOver = 0;
      for (int from = 0; from < changes.size(); ) {
        int to = Math.min(changes.size(), from + luck.nextInt(1, 30));
        List<Change> batch = new ArrayList<>(changes.subList(from, to));
        if (luck.nextInt(10) == 0) {
          Collections.shuffle(batch, luck);
        }
        passedOver += deliver(batch, luck.nextInt(8) == 0 ? 0 : luck.nextInt(1, 4)) ? 0 : 1;
        if (!delivered.isEmpty() && luck.nextInt(4) == 0) {
          deliver(delivered.get(luck.nextInt(delivered.size())), 2);
        }
        from = to;
      }
      return passedOver;
    }

    private boolean deliver(List<Change> batch, int attempts) {
      delivered.add(batch);
      for (int attempt = 0; attempt < attempts; attempt++) {
        try {
          instance.accept(batch);
          return true;
        } catch (Exception died) {
          instance = luck.nextBoolean() ? instance : fresh();
        }
      }
      return false;
    }
  }
}
