package dev.virga.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Repeats an operation for a while from some workers at once and measures it. */
final class Drive {
  private static final int MAX_SAMPLES = 2_000_000;

  private final HostProcess host;
  private final AtomicInteger next = new AtomicInteger();

  Drive(HostProcess host) {
    this.host = host;
  }

  /** What one worker does once. */
  @FunctionalInterface
  interface Operation {
    /**
     * @param number never the same twice
     */
    void run(Wire wire, int number) throws IOException;
  }

  /**
   * How it went.
   *
   * @param cpuMillis of the server for each
   */
  record Result(long count, double p50, double p99, double perSecond, double cpuMillis) {}

  /** Runs an operation until the time is over or it was done so often. */
  Result run(int workers, Duration time, int most, Operation operation) throws IOException {
    long[] samples = new long[Math.min(most, MAX_SAMPLES)];
    AtomicInteger taken = new AtomicInteger();
    AtomicLong finished = new AtomicLong();
    AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
    long cpu = host.cpuMillis();
    long begun = System.nanoTime();
    long end = begun + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Wire wire = new Wire(host.url())) {
                      while (System.nanoTime() < end && failure.get() == null) {
                        int sample = taken.getAndIncrement();
                        if (sample >= samples.length) {
                          return;
                        }
                        long from = System.nanoTime();
                        operation.run(wire, next.getAndIncrement());
                        samples[sample] = System.nanoTime() - from;
                        finished.incrementAndGet();
                      }
                    } catch (IOException e) {
                      failure.compareAndSet(null, e);
                    }
                  }));
    }
    join(threads);
    double seconds = (System.nanoTime() - begun) / 1e9;
    @Nullable IOException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    long count = finished.get();
    long[] sorted = Arrays.copyOf(samples, (int) count);
    Arrays.sort(sorted);
    return new Result(
        count,
        quantile(sorted, 0.5),
        quantile(sorted, 0.99),
        count / seconds,
        (double) (host.cpuMillis() - cpu) / Math.max(1, count));
  }

  private static void join(List<Thread> threads) {
    for (Thread thread : threads) {
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static double quantile(long[] sorted, double part) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, (long) (part * sorted.length))] / 1e6;
  }
}
