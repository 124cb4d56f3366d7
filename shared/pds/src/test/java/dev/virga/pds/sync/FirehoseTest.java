package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.Frame;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.repo.CountingIndex;
import dev.virga.pds.store.ForwardingObjects;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FirehoseTest {
  private static final Did ALICE = Did.parse("did:web:alice.example.com");

  private final MemoryIndex index = new MemoryIndex();
  private final MemoryObjects objects = new MemoryObjects();
  private final AtomicLong millis =
      new AtomicLong(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
  private final EventLog log = new EventLog(index, this::now, Duration.ofDays(3));
  private @Nullable Firehose firehose;
  private final Sequencer sequencer =
      new Sequencer(
          index,
          log,
          this::now,
          last -> {
            if (firehose != null) {
              firehose.poke(last);
            }
          });
  private long nextTid = 1_000_000;

  private Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  @AfterEach
  void close() {
    if (firehose != null) {
      firehose.close();
    }
  }

  private Firehose start(int buffer) {
    Firehose started = new Firehose(log, objects, buffer, Firehose.Distance.FAR);
    firehose = started;
    return started;
  }

  private void events(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      index.transact(
          List.of(
              Outbox.put(
                  ALICE,
                  Tid.of(nextTid++, 1),
                  Outbox.Content.of(List.of(AccountEvent.active(ALICE))))));
    }
    index.pump(sequencer);
  }

  /** A subscriber that takes frames only as it is permitted to. */
  private static final class Subscriber implements FrameSink {
    final List<Frame> frames = new CopyOnWriteArrayList<>();
    final Semaphore permits;
    volatile @Nullable String closed;
    volatile boolean followed;

    Subscriber(int permits) {
      this.permits = new Semaphore(permits);
    }

    @Override
    public boolean offer(List<byte[]> together) {
      for (byte[] frame : together) {
        permits.acquireUninterruptibly();
        frames.add(Frame.decode(frame));
      }
      return closed == null;
    }

    @Override
    public boolean put(List<byte[]> together) {
      return offer(together);
    }

    @Override
    public void close(int code, String reason) {
      closed = code + " " + reason;
    }

    @Override
    public boolean isOpen() {
      followed = true;
      return closed == null;
    }

    @Override
    public void onClose(Runnable callback) {}

    List<Long> seqs() {
      return frames.stream()
          .filter(frame -> frame.payload().has("seq"))
          .map(frame -> frame.payload().integer("seq").orElseThrow())
          .toList();
    }
  }

  private Subscriber subscribe(Firehose from, OptionalLong cursor, int permits) {
    Subscriber subscriber = new Subscriber(permits);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                from.subscribe(cursor, subscriber);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return subscriber;
  }

  private List<Long> logged() {
    return log.after(0, log.last(), 1_000).stream().map(LogEntry::seq).toList();
  }

  @Test
  void cursorZeroReplaysEverythingAndGoesOnLive() throws Exception {
    events(450);
    Firehose from = start(100);
    Subscriber subscriber = subscribe(from, OptionalLong.of(0), 10_000);
    await().until(() -> subscriber.frames.size() == 450);
    events(30);
    await().until(() -> subscriber.frames.size() == 480);
    assertThat(subscriber.seqs()).isEqualTo(logged());
  }

  @Test
  void aCursorIsExclusiveAndNoCursorMeansLiveOnly() throws Exception {
    events(10);
    Firehose from = start(100);
    Subscriber later = subscribe(from, OptionalLong.of(logged().get(6)), 1_000);
    await().until(() -> later.frames.size() == 3);
    assertThat(later.seqs()).isEqualTo(logged().subList(7, 10));
    Subscriber live = subscribe(from, OptionalLong.empty(), 1_000);
    events(1);
    await().until(() -> later.frames.size() == 4);
    await().until(() -> live.frames.size() <= 1);
    assertThat(logged()).containsAll(live.seqs());
    assertThat(live.seqs()).doesNotContainAnyElementsOf(logged().subList(0, 10));
  }

  @Test
  void aCursorAheadOfTheLogIsRefused() throws Exception {
    events(1);
    Subscriber subscriber = subscribe(start(100), OptionalLong.of(log.last() + 1), 1_000);
    await().until(() -> subscriber.closed != null);
    assertThat(subscriber.closed).isEqualTo("1008 FutureCursor");
    assertThat(subscriber.frames.getFirst().payload().text("error")).contains("FutureCursor");
  }

  @Test
  void aCursorOlderThanTheWindowIsToldSoAndGetsTheWindow() throws Exception {
    events(3);
    long old = logged().getFirst();
    millis.addAndGet(Duration.ofDays(4).toMillis());
    events(2);
    Subscriber subscriber = subscribe(start(100), OptionalLong.of(old), 1_000);
    await().until(() -> subscriber.frames.size() == 3);
    assertThat(subscriber.frames.getFirst().type()).contains("#info");
    assertThat(subscriber.frames.getFirst().payload().text("name")).contains("OutdatedCursor");
    assertThat(subscriber.seqs()).isEqualTo(logged()).hasSize(2);
  }

  @Test
  void aCursorAtTheLastEventIsNotOutdatedHoweverOld() throws Exception {
    events(3);
    long last = log.last();
    millis.addAndGet(Duration.ofDays(4).toMillis());
    Firehose from = start(100);
    Subscriber subscriber = subscribe(from, OptionalLong.of(last), 1_000);
    await().until(() -> subscriber.followed);
    events(1);
    await().until(() -> subscriber.frames.size() == 1);
    assertThat(subscriber.frames.getFirst().type()).contains("#account");
  }

  @Test
  void oneThatFallsBehindHarmsNobodyAndCatchesUpFromTheLog() throws Exception {
    events(1);
    Firehose from = start(20);
    Subscriber slow = subscribe(from, OptionalLong.of(0), 2);
    Subscriber quick = subscribe(from, OptionalLong.of(0), 10_000);
    events(2);
    await().until(slow.permits::hasQueuedThreads);
    events(100);
    await().until(() -> quick.frames.size() == 103);
    assertThat(slow.frames).hasSize(2);
    slow.permits.release(1_000);
    await().until(() -> slow.frames.size() == 103);
    assertThat(quick.seqs()).isEqualTo(logged());
    assertThat(slow.seqs()).isEqualTo(logged());
  }

  @Test
  void oneWhoseSinkIsFullIsLeftAlone() throws Exception {
    Firehose from = start(20);
    Subscriber gone = new Subscriber(10);
    gone.close(1008, "ConsumerTooSlow");
    events(1);
    from.subscribe(OptionalLong.of(0), gone);
    assertThat(gone.frames).isEmpty();
  }

  @Test
  void closingSendsSubscribersAway() {
    Firehose from = start(20);
    Subscriber subscriber = subscribe(from, OptionalLong.empty(), 10);
    from.close();
    await().until(() -> subscriber.closed != null);
    assertThat(subscriber.closed).startsWith("1001");
  }

  @Test
  void nothingIsReadWhileNobodySubscribes() throws Exception {
    CountingIndex counting = new CountingIndex();
    EventLog counted = new EventLog(counting.around(index), this::now, Duration.ofDays(3));
    firehose = new Firehose(counted, objects, 100, Firehose.Distance.FAR);
    counting.reset();
    events(300);
    assertThat(counting.calls()).isEmpty();
    Subscriber late = subscribe(firehose, OptionalLong.of(0), 1_000);
    await().until(() -> late.frames.size() == 300);
    events(5);
    await().until(() -> late.frames.size() == 305);
    assertThat(late.seqs()).isEqualTo(logged());
  }

  @Test
  void whoComesAfterAnEmptySpellMissesNothing() throws Exception {
    Firehose from = start(20);
    for (int round = 0; round < 5; round++) {
      long cursor = log.last();
      events(30);
      Subscriber back = subscribe(from, OptionalLong.of(cursor), 1_000);
      await().until(() -> back.frames.size() == 30);
      assertThat(back.seqs()).isEqualTo(logged().subList(round * 31, round * 31 + 30));
      back.close(1000, "");
      events(1); // also while it is on its way out
    }
  }

  @Test
  void eventsThatWerePurgedAreNotWaitedFor() throws Exception {
    events(3);
    index.batchDelete(logged().stream().map(EventLog::key).toList());
    Subscriber subscriber = subscribe(start(100), OptionalLong.of(0), 1_000);
    await().until(() -> subscriber.followed);
    events(1);
    await().until(() -> subscriber.frames.size() == 1);
    assertThat(subscriber.seqs()).isEqualTo(logged());
  }

  @Test
  void packsThatAreFetchedTogetherKeepTheirOrder() throws Exception {
    commits(150);
    Subscriber subscriber = subscribe(start(100), OptionalLong.of(0), 1_000);
    await().until(() -> subscriber.frames.size() == 150);
    assertThat(subscriber.seqs()).isEqualTo(logged());
    assertThat(subscriber.frames)
        .allSatisfy(
            frame ->
                assertThat(frame.payload().link("commit"))
                    .contains(Cid.ofDagCbor(frame.payload().bytes("blocks").orElseThrow())));
  }

  @Test
  void whatWasAddedBeforeAPackFailedIsNotAddedAgain() throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    Objects unlucky =
        new ForwardingObjects(objects) {
          @Override
          public Optional<byte[]> get(String name) {
            if (name.endsWith("pack-25") && fails.getAndSet(false)) {
              throw new StoreException("no answer");
            }
            return super.get(name);
          }
        };
    firehose = new Firehose(log, unlucky, 100, Firehose.Distance.FAR);
    Subscriber subscriber = subscribe(firehose, OptionalLong.empty(), 1_000);
    await().until(() -> subscriber.followed);
    commits(40);
    await().until(() -> subscriber.frames.size() >= 40);
    assertThat(fails).isFalse();
    assertThat(subscriber.seqs()).isEqualTo(logged());
  }

  /** Commits whose blocks are in a pack each. */
  private void commits(int count) throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < count; i++) {
      byte[] blocks = new byte[random.nextInt(1, 50)];
      random.nextBytes(blocks);
      objects.putIfAbsent("repos/pack-" + i, blocks, Objects.Metadata.NONE);
      CommitEvent event =
          new CommitEvent(
              ALICE, Tid.of(nextTid, 1), null, Cid.ofDagCbor(blocks), blocks, List.of(), null);
      Outbox.Content content =
          new Outbox.Content(
              List.of(event.withBlocks(new byte[0])), "repos/pack-" + i, List.of(), List.of());
      index.transact(List.of(Outbox.put(ALICE, Tid.of(nextTid++, 1), content)));
    }
    index.pump(sequencer);
  }
}
