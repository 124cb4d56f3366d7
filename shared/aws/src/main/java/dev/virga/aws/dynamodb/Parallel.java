package dev.virga.aws.dynamodb;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Several calls at a time, on virtual threads that all end before the caller goes on; part of
 * {@link DynamoIndex}.
 */
final class Parallel {
  /** The most calls of one batch that are under way at once, so that it leaves others room. */
  private static final int WIDTH = 8;

  private Parallel() {}

  /** Does something to each part; to a single one on the calling thread. */
  static <T> void forEach(List<T> parts, Consumer<T> work) {
    map(
        parts,
        part -> {
          work.accept(part);
          return part;
        });
  }

  /** The results of all parts in their order; throws what one of them threw. */
  static <T, R> List<R> map(List<T> parts, Function<T, R> work) {
    if (parts.size() <= 1) {
      return parts.stream().map(work).toList();
    }
    Semaphore room = new Semaphore(WIDTH);
    List<Future<R>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (T part : parts) {
        running.add(
            threads.submit(
                () -> {
                  room.acquire();
                  try {
                    return work.apply(part);
                  } finally {
                    room.release();
                  }
                }));
      }
    }
    return running.stream().map(Parallel::result).toList();
  }

  /** Does one thing aside while another is done here; throws what the first of them threw. */
  static void both(Runnable aside, Runnable here) {
    Future<?> other;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      other = threads.submit(aside);
      here.run();
    }
    result(other);
  }

  private static <R> R result(Future<R> done) {
    try {
      return done.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(failed);
      }
    } catch (InterruptedException impossible) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("a finished call cannot be waited for", impossible);
    }
  }
}
