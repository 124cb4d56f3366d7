package dev.virga.pds.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the same work on several virtual threads that start together; part of the contract suites.
 */
public final class Concurrently {
  /** Work of one of the threads. */
  @FunctionalInterface
  public interface Work {
    void run(int thread) throws Exception;
  }

  private Concurrently() {}

  /** Returns when all are done; throws what one of them threw. */
  public static void run(int threads, Work work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        running.add(
            executor.submit(
                () -> {
                  start.await();
                  work.run(thread);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }
}
