package dev.virga.host;

import dev.virga.functions.Services;
import dev.virga.host.backend.Backend;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the {@link Host} does now and then beside serving: finishes and forgets. */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration EVERY = Duration.ofMinutes(10);

  private static final int ACCOUNTS = 100;

  private final Backend backend;
  private final Services services;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("upkeep").factory());

  Upkeep(Backend backend, Services services, InstantSource clock) {
    this.backend = backend;
    this.services = services;
    this.clock = clock;
  }

  /** Begins a moment after the start, which it must not slow down. */
  @SuppressWarnings("FutureReturnValueIgnored") // round() lets nothing out
  void start() {
    timer.scheduleWithFixedDelay(this::round, 5, EVERY.toSeconds(), TimeUnit.SECONDS);
  }

  private void round() {
    attempt("finishing what was left half done", services::recover);
    attempt("removing uploads that were never used", services::sweepUploads);
    attempt("removing what failed uploads left", services::sweepStrays);
    attempt("tidying up repositories", this::keepHouse);
    attempt("forgetting what expired or was left by crashes", () -> backend.sweep(clock.instant()));
  }

  private void keepHouse() {
    while (services.keepHouse(ACCOUNTS) && !timer.isShutdown()) {
      // The next ones.
    }
  }

  private static void attempt(String what, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.warn("{} failed, will be tried again", what, e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
