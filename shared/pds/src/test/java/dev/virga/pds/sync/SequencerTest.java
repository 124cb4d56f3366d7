package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SequencerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryIndex index = new MemoryIndex();
  private final AtomicLong millis = new AtomicLong(NOW.toEpochMilli());
  private final EventLog log = new EventLog(index, this::now, Duration.ofDays(3));
  private final AtomicLong told = new AtomicLong();
  private final Sequencer sequencer = newSequencer();
  private long nextTid = 1_000_000;

  private Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  private Sequencer newSequencer() {
    return new Sequencer(index, log, this::now, told::set);
  }

  private static Did did(int number) {
    return Did.parse("did:web:n" + number + ".example.com");
  }

  private void put(Did did, EventBody... events) throws Exception {
    index.transact(
        List.of(Outbox.put(did, Tid.of(nextTid++, 1), Outbox.Content.of(List.of(events)))));
  }

  private List<LogEntry> all() {
    return log.after(0, log.last(), 1_000);
  }

  @Test
  void numbersAreMicrosecondsOrOneMoreThanTheLast() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    put(did(2), AccountEvent.active(did(2)), new IdentityEvent(did(2), null));
    index.pump(sequencer);
    long first = NOW.toEpochMilli() * 1_000;
    assertThat(all()).extracting(LogEntry::seq).containsExactly(first, first + 1, first + 2);
    assertThat(told).hasValue(first + 2);
    assertThat(all()).extracting(LogEntry::did).containsExactly(did(1), did(2), did(2));
  }

  @Test
  void numbersGrowThoughTheClockGoesBack() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    index.pump(sequencer);
    millis.addAndGet(-3_600_000);
    put(did(1), AccountEvent.active(did(1)));
    index.pump(newSequencer());
    assertThat(all()).extracting(LogEntry::seq).isSorted().doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void batchesThatComeTwiceAreSequencedOnce() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    List<Change> seen = new ArrayList<>();
    index.pump(seen::addAll);
    sequencer.accept(seen);
    sequencer.accept(seen);
    newSequencer().accept(seen);
    assertThat(all()).hasSize(1);
  }

  @Test
  void moreEventsThanATransactionTakesAreAllSequenced() throws Exception {
    for (int i = 0; i < 250; i++) {
      put(did(i % 7), AccountEvent.active(did(i % 7)));
    }
    index.pump(sequencer);
    assertThat(all()).hasSize(250);
    assertThat(log.after(all().get(99).seq(), log.last(), 50)).hasSize(50);
  }

  @Test
  void severalSequencersOnShuffledAndRepeatedBatchesNumberEachEventOnceInOrder() throws Exception {
    long seed = 7;
    Random random = new Random(seed);
    Map<Did, List<Change>> byAccount = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      Did did = did(random.nextInt(9));
      put(did, new AccountEvent(did, false, "n" + i));
    }
    index.pump(
        batch ->
            batch.forEach(
                change ->
                    byAccount
                        .computeIfAbsent(
                            Did.parse(change.key().partition()), d -> new ArrayList<>())
                        .add(change)));
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> shards = new ArrayList<>();
    for (int shard = 0; shard < 3; shard++) {
      List<List<Change>> batches = new ArrayList<>();
      int mine = shard;
      byAccount.forEach(
          (did, changes) -> {
            if (Math.floorMod(did.hashCode(), 3) == mine) {
              batches.addAll(batches(changes, random));
            }
          });
      shards.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      Sequencer own = newSequencer();
                      for (List<Change> batch : batches) {
                        own.accept(batch);
                      }
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread shard : shards) {
      shard.join();
    }
    assertThat(failures).isEmpty();
    List<LogEntry> entries = all();
    assertThat(entries).as("seed %s", seed).hasSize(300);
    assertThat(entries).extracting(LogEntry::seq).isSorted().doesNotHaveDuplicates();
    for (Did did : byAccount.keySet()) {
      List<byte[]> sequenced =
          entries.stream().filter(entry -> entry.did().equals(did)).map(LogEntry::event).toList();
      List<byte[]> written =
          byAccount.get(did).stream()
              .flatMap(change -> Outbox.events(change.after().orElseThrow()).stream())
              .toList();
      assertThat(sequenced).usingElementComparator(java.util.Arrays::compare).isEqualTo(written);
    }
  }

  /** The changes of one account in batches, some of them sent twice in a row. */
  private static List<List<Change>> batches(List<Change> changes, Random random) {
    List<List<Change>> batches = new ArrayList<>();
    for (int from = 0; from < changes.size(); ) {
      int to = Math.min(changes.size(), from + random.nextInt(1, 8));
      batches.addAll(Collections.nCopies(random.nextInt(1, 3), changes.subList(from, to)));
      from = to;
    }
    return batches;
  }

  @Test
  void anEventDeletedBeforeItWasSequencedStaysDeleted() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    List<Change> seen = new ArrayList<>();
    index.pump(seen::addAll);
    index.transact(List.of(Write.delete(seen.getFirst().key())));
    sequencer.accept(seen);
    assertThat(all()).isEmpty();
    assertThat(index.get(seen.getFirst().key())).isEmpty();
  }

  @Test
  void theEventsOfAnAccountAreTakenBack() throws Exception {
    put(did(1), AccountEvent.active(did(1)), new IdentityEvent(did(1), null));
    put(did(2), AccountEvent.active(did(2)));
    put(did(1), new AccountEvent(did(1), false, "deactivated"));
    index.pump(sequencer);
    put(did(1), AccountEvent.active(did(1)));
    Tid end = Tid.of(nextTid++, 1);
    index.transact(
        List.of(
            Outbox.put(
                did(1),
                end,
                Outbox.Content.of(List.of(AccountEvent.inactive(did(1), "deleted"))))));
    List<Change> late = new ArrayList<>();
    index.pump(late::addAll);

    log.purge(did(1), end);
    sequencer.accept(late);

    assertThat(all()).extracting(LogEntry::did).containsExactly(did(2), did(1));
    assertThat(index.entries())
        .filteredOn(entry -> entry.key().partition().equals(did(1).text()))
        .extracting(entry -> entry.key().sort())
        .containsExactly("outbox#" + end);
  }

  @Test
  void anEventThatGetsItsNumberWhileItIsTakenBackGoesToo() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    List<Change> waiting = new ArrayList<>();
    index.pump(waiting::addAll);
    EventLog racing =
        new EventLog(
            new Interrupted(index, () -> sequencer.accept(waiting)), this::now, Duration.ofDays(3));

    racing.purge(did(1), Tid.of(nextTid++, 1));

    assertThat(all()).isEmpty();
    assertThat(log.last()).isPositive();
  }

  @Test
  void joinsTheTransactionThatFillsTheOutbox() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    List<Change> made = new ArrayList<>();
    index.pump(made::addAll);

    index.transact(sequencer.join(made).orElseThrow());
    assertThat(told).hasValue(0);
    sequencer.joined(true);

    assertThat(all()).extracting(LogEntry::did).containsExactly(did(1));
    assertThat(told).hasValue(log.last());
    sequencer.accept(made);
    assertThat(all()).as("the feed brings it, too").hasSize(1);
  }

  @Test
  void beginsAnewAfterATransactionThatItCouldNotJoin() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    List<Change> made = new ArrayList<>();
    index.pump(made::addAll);
    newSequencer().accept(made);
    long last = log.last();

    assertThat(sequencer.join(made)).isPresent();
    sequencer.joined(false);
    assertThat(told).hasValue(last);

    put(did(2), AccountEvent.active(did(2)));
    made.clear();
    index.pump(made::addAll);
    index.transact(sequencer.join(made).orElseThrow());
    sequencer.joined(true);
    assertThat(all()).extracting(LogEntry::did).containsExactly(did(1), did(2));
  }

  @Test
  void hasNothingToAddToChangesThatTellNothing() {
    Key key = Outbox.key(did(1), Tid.of(nextTid++, 1));
    assertThat(sequencer.join(List.of(new Change(key, Optional.of(Item.EMPTY), Optional.empty()))))
        .contains(List.of());
    sequencer.joined(true);
    assertThat(told).hasValue(0);
  }

  @Test
  void leavesToTheFeedWhatComesWhileABatchOfItIsNumbered() throws Exception {
    put(did(1), AccountEvent.active(did(1)));
    List<Change> made = new ArrayList<>();
    index.pump(made::addAll);
    List<Optional<List<Write>>> answers = new ArrayList<>();
    Sequencer[] busy = new Sequencer[1];
    Index racing =
        new Interrupted(
            index,
            () -> {
              Thread other = Thread.ofPlatform().start(() -> answers.add(busy[0].join(made)));
              other.join();
            });
    busy[0] = new Sequencer(racing, log, this::now, told::set);

    busy[0].accept(made);

    assertThat(answers).containsExactly(Optional.empty());
    assertThat(all()).hasSize(1);
  }

  private interface Interruption {
    void run() throws Exception;
  }

  /** An index in which something happens right before the first transaction. */
  private static final class Interrupted extends ForwardingIndex {
    private Interruption interruption;

    Interrupted(Index index, Interruption interruption) {
      super(index);
      this.interruption = interruption;
    }

    @Override
    protected <T> T around(String method, boolean write, String what, Body<T> body)
        throws ConditionFailedException {
      if (method.equals("transact")) {
        Interruption now = interruption;
        interruption = () -> {};
        try {
          now.run();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
      return body.run();
    }
  }
}
