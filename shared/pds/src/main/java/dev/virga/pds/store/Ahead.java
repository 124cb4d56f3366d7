package dev.virga.pds.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A read that goes on beside whoever will want its outcome. */
public final class Ahead<T> {
  private final CompletableFuture<T> coming;

  private Ahead(CompletableFuture<T> coming) {
    this.coming = coming;
  }

  /**
   * Begins to read.
   *
   * @param executor runs it, at once or beside the caller
   */
  public static <T> Ahead<T> begin(Supplier<T> read, Executor executor) {
    return new Ahead<>(CompletableFuture.supplyAsync(read, executor));
  }

  /** Waits for the outcome; throws what the read threw. */
  public T get() {
    try {
      return coming.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }
}
