package dev.virga.functions.lambda;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

/**
 * What all functions on the {@link Cloud} have in common: they read their settings once, rehearse
 * before a snapshot, and are composed anew after it.
 *
 * @param <T> what a function works with, made of a Cloud
 */
abstract class CloudFunction<T> implements Resource {
  /** The API waits 30 seconds for an answer, and there is none before this is over. */
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private final Map<String, String> variables;
  private final InstantSource clock;
  private @Nullable Cloud cloud;
  private @Nullable T composed;

  CloudFunction(Map<String, String> environment) {
    this(environment, InstantSource.system());
  }

  CloudFunction(Map<String, String> environment, InstantSource clock) {
    this.variables = Settings.read(environment);
    this.clock = clock;
  }

  /** To be called at the end of the constructor. */
  final void begin() {
    open();
    Core.getGlobalContext().register(this);
  }

  private void open() {
    Cloud opened = Cloud.open(variables, clock);
    cloud = opened;
    composed = compose(opened, variables);
  }

  /** Makes what the function works with. */
  abstract T compose(Cloud cloud, Map<String, String> variables);

  /**
   * Does once, without effect, what a call does: classes get loaded and compiled, and the snapshot
   * has them.
   */
  abstract void prime() throws Exception;

  final T current() {
    if (composed == null) {
      throw new IllegalStateException("the function is in a snapshot");
    }
    return composed;
  }

  /** Waits for what runs beside the call, which Lambda would freeze. */
  final void settle() {
    if (cloud == null) {
      return;
    }
    try {
      cloud.background().settle(SETTLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Rehearses, then lets go of everything that must not be in a snapshot. */
  @Override
  public final void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
    prime();
    settle();
    if (cloud != null) {
      cloud.close();
    }
    cloud = null;
    composed = null;
  }

  @Override
  public final void afterRestore(Context<? extends Resource> context) {
    open();
  }
}
