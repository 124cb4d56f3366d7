package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
  private static final Did ALICE = Did.parse("did:web:alice.example.com");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final MemoryIndex index = new MemoryIndex();
  private final EventLog log = new EventLog(index, () -> NOW, Duration.ofDays(3));
  private final Sequencer sequencer = new Sequencer(index, log, () -> NOW, _ -> {});
  private int encoded;

  private void events(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Outbox.Content content = Outbox.Content.of(List.of(AccountEvent.active(ALICE)));
      index.transact(List.of(Outbox.put(ALICE, Tid.of(1_000_000 + i, 1), content)));
    }
    index.pump(sequencer);
  }

  private List<RecentFrames.Frame> encode(List<LogEntry> entries) {
    encoded += entries.size();
    return entries.stream().map(e -> new RecentFrames.Frame(e.seq(), new byte[] {1})).toList();
  }

  private Replay replay(long from, Executor executor) {
    return new Replay(log, from, log.last(), this::encode, executor);
  }

  private List<Long> logged(long from) {
    return log.after(from, log.last(), 1_000).stream().map(LogEntry::seq).toList();
  }

  private static List<Long> seqs(Replay replay) {
    List<Long> seqs = new ArrayList<>();
    Replay.Part part;
    do {
      part = replay.next();
      part.frames().forEach(frame -> seqs.add(frame.seq()));
      assertThat(part.frames()).hasSizeLessThanOrEqualTo(Replay.CHUNK);
    } while (!part.isLast());
    return seqs;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, Replay.CHUNK, Replay.CHUNK + 1, Replay.PAGE - 1, Replay.PAGE, 401, 450})
  void givesAllInOrderBesideTheCallerAsAtOnce(int count) throws Exception {
    events(count);
    assertThat(seqs(replay(0, Runnable::run))).hasSize(count).isEqualTo(logged(0));
    assertThat(seqs(replay(0, Thread::startVirtualThread))).isEqualTo(logged(0));
    long middle = logged(0).get(count / 2);
    assertThat(seqs(replay(middle, Runnable::run))).isEqualTo(logged(middle));
  }

  @Test
  void readsNoFurtherThanTheNextFrames() throws Exception {
    events(100);
    Queue<Runnable> waiting = new ArrayDeque<>();
    Replay replay = replay(0, waiting::add);
    for (int parts = 1; parts <= 3; parts++) {
      assertThat(waiting).hasSize(1);
      waiting.remove().run();
      assertThat(encoded).isEqualTo(parts * Replay.CHUNK);
      Replay.Part part = replay.next();
      assertThat(part.reached()).isEqualTo(part.frames().getLast().seq());
    }
  }

  @Test
  void endsWhereNothingIsLeftThoughItWasPurged() throws Exception {
    events(30);
    List<Long> all = logged(0);
    index.batchDelete(all.subList(10, 30).stream().map(EventLog::key).toList());
    Replay.Part part = replay(0, Runnable::run).next();
    assertThat(part.isLast()).isTrue();
    assertThat(part.frames()).hasSize(10);
    assertThat(part.reached()).isEqualTo(all.getLast());
  }

  @Test
  void whatFailsBesideTheCallerFailsWhenItIsAskedFor() throws Exception {
    events(40);
    StoreException failure = new StoreException("no pack");
    Replay replay =
        new Replay(
            log,
            0,
            log.last(),
            entries -> {
              if (encoded > 0) {
                throw failure;
              }
              return encode(entries);
            },
            Thread::startVirtualThread);
    assertThat(replay.next().frames()).hasSize(Replay.CHUNK);
    assertThatThrownBy(replay::next).isSameAs(failure);
  }
}
