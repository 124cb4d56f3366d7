package dev.virga.aws;

import dev.virga.pds.store.StoreException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Repeats calls to AWS that failed for a passing reason: part of every AWS backend of a port.
 *
 * <p>At most {@link #MAX_ATTEMPTS} times and for at most {@link #TIME_LIMIT}, with pauses drawn at
 * random from nothing to a bound that doubles, so that those who collided do not meet again. What
 * still fails is a {@link StoreException} that names the operation.
 */
public final class Retries {
  /** How often a call is made before it is given up. */
  public static final int MAX_ATTEMPTS = 8;

  /** After this no further attempt begins; an API Gateway request has 30 seconds in all. */
  public static final Duration TIME_LIMIT = Duration.ofSeconds(20);

  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(25).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  /** A call that may be repeated. */
  @FunctionalInterface
  public interface Call<T, X extends Exception> {
    /**
     * Makes the call.
     *
     * @param doubtful whether an attempt before this one may have taken effect, its answer lost
     */
    T attempt(boolean doubtful) throws X;
  }

  /** Lets time pass. */
  @FunctionalInterface
  public interface Pause {
    void await(Duration duration) throws InterruptedException;
  }

  private final RandomGenerator random;
  private final Pause pause;
  private final LongSupplier nanoTime;

  /**
   * Retries that draw their pauses from a source of randomness.
   *
   * @param random safe for use by many threads; one that a snapshot does not make predictable
   * @param nanoTime as {@link System#nanoTime}
   */
  public Retries(RandomGenerator random, Pause pause, LongSupplier nanoTime) {
    this.random = random;
    this.pause = pause;
    this.nanoTime = nanoTime;
  }

  /** Retries that sleep. */
  public Retries(RandomGenerator random) {
    this(random, Thread::sleep, System::nanoTime);
  }

  /**
   * Makes a call, again and again while it fails for a passing reason.
   *
   * @param operation what is done to what, for messages: {@code PutItem of table virga}
   * @throws StoreException if it kept failing or failed for good
   * @throws X what the call itself threw
   */
  public <T, X extends Exception> T call(String operation, Call<T, X> call) throws X {
    Series series = begin(operation);
    boolean doubtful = false;
    while (true) {
      try {
        return call.attempt(doubtful);
      } catch (SdkException failure) {
        Failure kind = Failure.of(failure);
        if (kind == Failure.FINAL) {
          throw new StoreException(operation + " failed: " + failure.getMessage(), failure);
        }
        doubtful |= kind == Failure.DOUBTFUL;
        series.pause(failure);
      }
    }
  }

  /** Begins to count the attempts of a call that repeats itself in its own way. */
  public Series begin(String operation) {
    return new Series(operation);
  }

  /** The attempts at one operation; for one thread. */
  public final class Series {
    private final String operation;
    private final long began = nanoTime.getAsLong();
    private int failures;

    private Series(String operation) {
      this.operation = operation;
    }

    /** Notes that part of the work is done, which makes the attempts before it none. */
    public void progressed() {
      failures = 0;
    }

    /**
     * Waits before the next attempt.
     *
     * @param cause why the last one failed, if an exception said so
     * @throws StoreException if there were enough of them
     */
    public void pause(@Nullable Throwable cause) {
      failures++;
      Duration passed = Duration.ofNanos(nanoTime.getAsLong() - began);
      if (failures >= MAX_ATTEMPTS || passed.compareTo(TIME_LIMIT) >= 0) {
        String reason = cause == null ? "it was throttled" : cause.getMessage();
        String message =
            "%s failed %d times in %d ms, last: %s"
                .formatted(operation, failures, passed.toMillis(), reason);
        throw cause == null ? new StoreException(message) : new StoreException(message, cause);
      }
      long bound = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << failures);
      try {
        pause.await(Duration.ofNanos(random.nextLong(bound)));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new StoreException(operation + " was interrupted", interrupted);
      }
    }
  }
}
