package dev.virga.atproto.syntax;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives out strictly increasing TIDs, even when the clock stands still or steps back. Safe for use
 * by many threads.
 *
 * <p>Two processes must differ in clock identifier, and a process restored from a snapshot needs a
 * fresh one: the identifier is all that keeps their TIDs apart.
 */
public final class TidClock {
  /** How many TIDs right after another one this clock tells apart. */
  private static final int STEPS = 1_000;

  private final InstantSource clock;
  private final int clockId;
  private final AtomicLong lastMicros = new AtomicLong(-1);
  private final AtomicLong ahead = new AtomicLong();

  /**
   * A clock of its own.
   *
   * @param clockId 0 to {@link Tid#MAX_CLOCK_ID}
   */
  public TidClock(InstantSource clock, int clockId) {
    if (clockId < 0 || clockId > Tid.MAX_CLOCK_ID) {
      throw new IllegalArgumentException("clock identifier out of range: " + clockId);
    }
    this.clock = clock;
    this.clockId = clockId;
  }

  /** A TID above every other that this clock gave out by this method. */
  public Tid next() {
    long now = micros(clock.instant());
    return Tid.of(lastMicros.updateAndGet(last -> Math.max(last + 1, now)), clockId);
  }

  /**
   * A TID above a given one, for instance a repository's last revision.
   *
   * <p>When that lies in the future the result is just after it. This clock itself is not dragged
   * along: one account's strange revision must not put everyone else's in the future.
   *
   * @throws SyntaxException if the given TID is the last one there can be
   */
  public Tid nextAfter(Tid last) {
    Tid next = next();
    return next.compareTo(last) > 0 ? next : soonAfter(last);
  }

  /** Another one at each call: what was tried with the one before may have left traces. */
  private Tid soonAfter(Tid last) {
    long step = 1 + ahead.getAndIncrement() % STEPS;
    long micros = Math.max(last.micros() + 1, Math.min(last.micros() + step, Tid.MAX_MICROS));
    return Tid.of(micros, clockId);
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}
