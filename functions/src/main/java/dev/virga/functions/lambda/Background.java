package dev.virga.functions.lambda;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what a request does not wait for, beside it; the function waits for it in the end, because
 * Lambda lets nothing run once the answer was given.
 */
final class Background implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  private final Deque<CountDownLatch> running = new ArrayDeque<>();

  @Override
  public void execute(Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    synchronized (running) {
      running.add(done);
    }
    Thread.ofVirtual()
        .name("background")
        .start(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                LOG.error("work in the background failed", e);
              } finally {
                done.countDown();
              }
            });
  }

  /**
   * Waits until all is done, also what was begun meanwhile.
   *
   * @return whether it is; what is not may go on at the next event, or never
   */
  boolean settle(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      CountDownLatch next;
      synchronized (running) {
        next = running.peek();
      }
      if (next == null) {
        return true;
      }
      if (!next.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOG.warn("work in the background takes longer than {}", limit);
        return false;
      }
      synchronized (running) {
        running.remove(next);
      }
    }
  }
}
