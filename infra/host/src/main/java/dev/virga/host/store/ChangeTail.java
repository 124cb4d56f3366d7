package dev.virga.host.store;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the recorded changes of a {@link SqliteIndex} in order, from a virtual thread that the
 * writer wakes after a commit. What the listener refuses comes again after a pause that grows.
 */
final class ChangeTail implements AutoCloseable {
  /** The most changes in one delivery. */
  static final int BATCH = 500;

  private static final Logger log = LoggerFactory.getLogger(ChangeTail.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long changes gather that nobody waits for: many are dealt with in one transaction. */
  private static final Duration GATHER = Duration.ofMillis(100);

  private final LongFunction<List<ReadStatements.Numbered>> changesAfter;
  private final LongConsumer delivered;
  private final BooleanSupplier idle;
  private final Changes.Listener listener;
  private final Semaphore signal = new Semaphore(0);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("index-changes").unstarted(this::run);

  /**
   * @param idle whether nobody waits for what is delivered
   */
  ChangeTail(
      LongFunction<List<ReadStatements.Numbered>> changesAfter,
      LongConsumer delivered,
      BooleanSupplier idle,
      Changes.Listener listener) {
    this.changesAfter = changesAfter;
    this.delivered = delivered;
    this.idle = idle;
    this.listener = listener;
  }

  void start() {
    thread.start();
  }

  /** Says that there may be changes to deliver. */
  void wake() {
    signal.release();
  }

  private void run() {
    long last = 0;
    Duration pause = FIRST_PAUSE;
    try {
      while (closed.getCount() > 0) {
        try {
          last = deliverAfter(last);
          pause = FIRST_PAUSE;
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          log.warn("changes were not taken, again in {} ms", pause.toMillis(), e);
          if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
          Duration doubled = pause.multipliedBy(2);
          pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        }
      }
    } catch (InterruptedException e) {
      log.info("changes are no longer delivered");
    }
  }

  private long deliverAfter(long last) throws Exception {
    List<ReadStatements.Numbered> batch = changesAfter.apply(last);
    if (batch.isEmpty()) {
      signal.acquire();
      signal.drainPermits();
      return last;
    }
    List<Change> changes = batch.stream().map(ReadStatements.Numbered::change).toList();
    listener.accept(changes);
    long lastOfBatch = batch.getLast().id();
    delivered.accept(lastOfBatch);
    if (idle.getAsBoolean()) {
      boolean _ = closed.await(GATHER.toMillis(), TimeUnit.MILLISECONDS);
    }
    return lastOfBatch;
  }

  /** Lets a delivery that is under way end, interrupts it if that takes too long. */
  @Override
  public void close() {
    closed.countDown();
    signal.release();
    try {
      if (!thread.join(PATIENCE)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
