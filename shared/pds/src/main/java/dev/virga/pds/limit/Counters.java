package dev.virga.pds.limit;

import dev.virga.pds.store.Index;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Counts what subjects use up of limits, together with all other processes of this server. */
public final class Counters {
  /** How many subjects of one limit are kept in mind: about 3 MB if all are in use. */
  public static final int MAX_SUBJECTS = 10_000;

  private final Index index;
  private final InstantSource clock;
  private final Executor background;
  private final Map<String, Subjects> limits = new ConcurrentHashMap<>();

  /**
   * Counters on an index.
   *
   * @param background where rough counts are shared; on the caller's thread is fine, too
   */
  public Counters(Index index, InstantSource clock, Executor background) {
    this.index = index;
    this.clock = clock;
    this.background = background;
  }

  /**
   * Uses points up, if there are so many left; never throws for the sake of the store.
   *
   * @param subject who is counted, at most 1,000 bytes, not secret
   * @param points at least 0
   */
  public Allowance take(Limit limit, String subject, long points) {
    if (points < 0) {
      throw new IllegalArgumentException("points: " + points);
    }
    Instant now = clock.instant();
    Counter counter = counter(limit, subject, now);
    return switch (limit.precision()) {
      case EXACT -> counter.takeExactly(points, now);
      case ROUGH -> counter.takeRoughly(points, now, background);
    };
  }

  private Counter counter(Limit limit, String subject, Instant now) {
    long window = limit.window().toSeconds();
    Instant start = Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), window) * window);
    Instant end = start.plusSeconds(window);
    Subjects subjects = limits.computeIfAbsent(limit.name(), name -> new Subjects());
    return subjects.current(
        subject,
        end,
        () -> new Counter(limit, end, new Tally(index, limit, subject, start, end), now));
  }

  /** The subjects of one limit, of which the one not seen for longest makes room. */
  private static final class Subjects {
    private final LinkedHashMap<String, Counter> counters =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Counter> eldest) {
            return size() > MAX_SUBJECTS;
          }
        };

    synchronized Counter current(String subject, Instant end, Supplier<Counter> fresh) {
      Counter known = counters.get(subject);
      if (known != null && known.end().equals(end)) {
        return known;
      }
      Counter counter = fresh.get();
      counters.put(subject, counter);
      return counter;
    }
  }
}
