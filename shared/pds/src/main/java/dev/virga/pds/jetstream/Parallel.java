package dev.virga.pds.jetstream;

import dev.virga.pds.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does something for many, some at a time; for connections that each wait for the network. */
final class Parallel {
  private static final int AT_ONCE = 32;

  private Parallel() {}

  /**
   * Returns when all are done.
   *
   * @throws RuntimeException the first that an action threw; the other actions ended by then too
   */
  static <T> void forEach(List<T> items, Consumer<T> action) {
    if (items.size() == 1) {
      action.accept(items.getFirst());
      return;
    }
    Semaphore free = new Semaphore(AT_ONCE);
    List<Future<?>> results = new ArrayList<>(items.size());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T item : items) {
        results.add(
            threads.submit(
                () -> {
                  free.acquireUninterruptibly();
                  try {
                    action.accept(item);
                  } finally {
                    free.release();
                  }
                }));
      }
    }
    rethrow(results);
  }

  private static void rethrow(List<Future<?>> results) {
    @Nullable RuntimeException first = null;
    for (Future<?> result : results) {
      try {
        result.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error fatal) {
          throw fatal;
        }
        RuntimeException failure =
            e.getCause() instanceof RuntimeException cause
                ? cause
                : new StoreException("feeding a connection failed", e);
        first = first == null ? failure : first;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException("interrupted", e);
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
