package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RecentFramesTest {
  private final RecentFrames recent = new RecentFrames(3, 10);
  private final List<Thread> threads = new ArrayList<>();
  private final ExecutorService waiters =
      Executors.newThreadPerTaskExecutor(
          task -> {
            Thread thread = Thread.ofVirtual().unstarted(task);
            threads.add(thread);
            return thread;
          });

  @AfterEach
  void close() {
    recent.close();
    waiters.close();
  }

  private static RecentFrames.Frame frame(long seq) {
    return new RecentFrames.Frame(seq, new byte[] {(byte) seq});
  }

  private List<Future<Boolean>> waiting(int count, long seq) {
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(waiters.submit(() -> recent.awaitAfter(seq)));
    }
    await().until(() -> threads.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
    return all;
  }

  private List<Long> after(long seq) {
    return recent.after(seq).orElseThrow().stream().map(RecentFrames.Frame::seq).toList();
  }

  @Test
  void everyoneWhoWaitsIsWokenAndNobodyBeforeHisTime() throws Exception {
    List<Future<Boolean>> all = waiting(20, 10);
    List<Future<Boolean>> later = waiting(1, 11);
    recent.add(List.of(frame(11)));
    for (Future<Boolean> one : all) {
      assertThat(one.get()).isTrue();
    }
    assertThat(later.getFirst().isDone()).isFalse();
    recent.add(List.of(frame(12)));
    assertThat(later.getFirst().get()).isTrue();
  }

  @Test
  void whatIsThereIsNotWaitedFor() throws Exception {
    recent.add(List.of(frame(11), frame(12)));
    assertThat(recent.awaitAfter(11)).isTrue();
    assertThat(after(10)).containsExactly(11L, 12L);
    assertThat(after(11)).containsExactly(12L);
  }

  @Test
  void theEndWakesWhoWaits() throws Exception {
    List<Future<Boolean>> all = waiting(3, 10);
    recent.close();
    for (Future<Boolean> one : all) {
      assertThat(one.get()).isFalse();
    }
    assertThat(recent.awaitAfter(10)).isFalse();
  }

  @Test
  void whatIsSkippedWakesTooAndIsNotHere() throws Exception {
    List<Future<Boolean>> all = waiting(1, 10);
    recent.skipTo(15);
    assertThat(all.getFirst().get()).isTrue();
    assertThat(recent.after(10)).isEmpty();
    assertThat(after(15)).isEmpty();
  }

  @Test
  void whoIsInterruptedStopsWaiting() throws Exception {
    Future<Boolean> one = waiting(1, 10).getFirst();
    threads.getFirst().interrupt();
    assertThatThrownBy(one::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void theOldestGoFirst() {
    recent.add(List.of(frame(11), frame(12), frame(13), frame(14)));
    assertThat(recent.floor()).isEqualTo(11);
    assertThat(recent.after(10)).isEmpty();
    assertThat(after(11)).containsExactly(12L, 13L, 14L);
  }
}
