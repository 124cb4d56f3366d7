package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackgroundTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  private final Background background = new Background();
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void nothingIsSettledAtOnce() throws Exception {
    assertThat(background.settle(Duration.ZERO)).isTrue();
  }

  @Test
  void workRunsBesideItsCallerAndIsWaitedFor() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 20; i++) {
      background.execute(
          () -> {
            await(go);
            done.add("one");
          });
    }
    assertThat(done).isEmpty();
    go.countDown();

    assertThat(background.settle(LONG)).isTrue();
    assertThat(done).hasSize(20);
  }

  @Test
  void workThatBeginsMoreWorkIsWaitedForWithIt() throws Exception {
    background.execute(
        () ->
            background.execute(
                () -> {
                  background.execute(() -> done.add("third"));
                  done.add("second");
                }));

    assertThat(background.settle(LONG)).isTrue();
    assertThat(done).containsExactlyInAnyOrder("second", "third");
  }

  @Test
  void workThatFailsIsOver() throws Exception {
    background.execute(
        () -> {
          throw new IllegalStateException("a failure that is to be logged");
        });
    background.execute(() -> done.add("another"));

    assertThat(background.settle(LONG)).isTrue();
    assertThat(done).containsExactly("another");
  }

  @Test
  void whatTakesTooLongIsLeftAndWaitedForTheNextTime() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    background.execute(
        () -> {
          await(go);
          done.add("late");
        });

    assertThat(background.settle(Duration.ofMillis(1))).isFalse();
    assertThat(background.settle(Duration.ZERO)).isFalse();
    go.countDown();
    assertThat(background.settle(LONG)).isTrue();
    assertThat(done).containsExactly("late");
  }

  @Test
  void twoMayWaitAtOnce() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    background.execute(() -> await(go));
    background.execute(() -> done.add("work"));
    List<Thread> waiting =
        List.of(Thread.ofVirtual().start(this::settled), Thread.ofVirtual().start(this::settled));
    go.countDown();
    for (Thread thread : waiting) {
      thread.join();
    }

    assertThat(done).containsExactlyInAnyOrder("work", "settled", "settled");
  }

  private void settled() {
    try {
      if (background.settle(LONG)) {
        done.add("settled");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoWaitsCanBeInterrupted() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    background.execute(() -> await(go));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> background.settle(LONG)).isInstanceOf(InterruptedException.class);
    go.countDown();
    assertThat(background.settle(LONG)).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
