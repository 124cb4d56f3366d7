package dev.virga.pds.limit;

import dev.virga.pds.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process knows of one subject's use of a limit in one window, a part of {@link
 * Counters}: {@code saved} is the shared count as last seen, {@code unsaved} is what was granted
 * here since.
 */
final class Counter {
  private static final Logger LOG = LoggerFactory.getLogger(Counter.class);

  /** Other processes that may get in between before we go on alone. */
  private static final int MAX_ROUNDS = 8;

  /** How long a store that failed is left alone. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How soon a rough count is shared if it is worth it, and how soon if it is much. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private static final int WORTH_IT = 100;
  private static final int MUCH = 20;

  private final Limit limit;
  private final Instant end;
  private final Tally tally;
  private final ReentrantLock lock = new ReentrantLock();

  private long saved;
  private long unsaved;
  private boolean outdated;
  private boolean saving;
  private Instant calmUntil;
  private Instant pauseUntil = Instant.MIN;

  Counter(Limit limit, Instant end, Tally tally, Instant now) {
    this.limit = limit;
    this.end = end;
    this.tally = tally;
    this.calmUntil = now.plus(CALM);
  }

  Instant end() {
    return end;
  }

  /** Uses points up if they are there, knowing all that other processes granted. */
  Allowance takeExactly(long points, Instant now) {
    lock.lock();
    try {
      boolean shared = false;
      for (int round = 0; fits(points) && !shared && round < MAX_ROUNDS; round++) {
        if (now.isBefore(pauseUntil)) {
          break;
        }
        shared = share(points, now);
      }
      if (shared) {
        return allowance(true);
      }
      boolean fits = fits(points);
      unsaved += fits ? points : 0;
      return allowance(fits);
    } finally {
      lock.unlock();
    }
  }

  /** Shares what was granted and points more; if others came first, learns of them instead. */
  private boolean share(long points, Instant now) {
    long total = saved + unsaved + points;
    try {
      if (tally.advance(saved, total)) {
        saved = total;
        unsaved = 0;
        return true;
      }
      saved = tally.read();
    } catch (StoreException e) {
      failed(e, now);
    }
    return false;
  }

  /** Uses points up if they are there as far as is known here, and shares that now and then. */
  Allowance takeRoughly(long points, Instant now, Executor background) {
    boolean due;
    Allowance allowance;
    lock.lock();
    try {
      if (!fits(points)) {
        return allowance(false);
      }
      unsaved += points;
      allowance = allowance(true);
      due = isDue(now);
      saving |= due;
    } finally {
      lock.unlock();
    }
    if (due) {
      try {
        background.execute(() -> save(now));
      } catch (RejectedExecutionException e) {
        settle(() -> saving = false); // the server is closing
      }
    }
    return allowance;
  }

  private boolean isDue(Instant now) {
    boolean worthIt = unsaved >= Math.max(1, limit.points() / WORTH_IT);
    boolean much = unsaved >= Math.max(1, limit.points() / MUCH);
    return !saving
        && !now.isBefore(pauseUntil)
        && (outdated || much || (worthIt && !now.isBefore(calmUntil)));
  }

  /** One call of the store: shares what was granted, or learns what others did. */
  private void save(Instant now) {
    long before;
    long after;
    boolean look;
    lock.lock();
    try {
      before = saved;
      after = saved + unsaved;
      look = outdated;
    } finally {
      lock.unlock();
    }
    try {
      if (look) {
        long total = tally.read();
        settle(() -> seen(total));
      } else if (tally.advance(before, after)) {
        settle(() -> shared(before, after));
      } else {
        settle(() -> outdated = true);
      }
    } catch (StoreException e) {
      settle(() -> failed(e, now));
    } finally {
      settle(
          () -> {
            saving = false;
            calmUntil = now.plus(CALM);
          });
    }
  }

  private void settle(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private void seen(long total) {
    saved = total;
    outdated = false;
  }

  private void shared(long before, long after) {
    saved = after;
    unsaved -= after - before;
  }

  /** The write may have happened: should it have, its points count twice, to nobody's harm. */
  private void failed(StoreException e, Instant now) {
    LOG.warn("Counting {} in memory: the store does not answer", limit.name(), e);
    pauseUntil = now.plus(PAUSE);
  }

  private boolean fits(long points) {
    return saved + unsaved + points <= limit.points();
  }

  private Allowance allowance(boolean granted) {
    long remaining = Math.max(0, limit.points() - saved - unsaved);
    return new Allowance(limit, granted, remaining, end);
  }
}
