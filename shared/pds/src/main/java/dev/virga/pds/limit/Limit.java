package dev.virga.pds.limit;

import java.time.Duration;

/**
 * How many points a subject may use up in a window of time.
 *
 * @param name under which it is counted, without {@code #}; no two limits share one
 * @param window whole seconds; windows follow one another without a gap from the epoch on
 */
public record Limit(String name, long points, Duration window, Precision precision) {
  /** What a process must know before it grants something. */
  public enum Precision {
    /** All that every process granted. */
    EXACT,
    /** All that it granted itself, and of others what they told some time ago. */
    ROUGH
  }

  public Limit {
    if (name.isEmpty() || name.contains("#")) {
      throw new IllegalArgumentException("not a name: " + name);
    }
    if (points < 1 || window.toSeconds() < 1 || !isWhole(window)) {
      throw new IllegalArgumentException(name + " limits nothing");
    }
  }

  private static boolean isWhole(Duration window) {
    return window.equals(Duration.ofSeconds(window.toSeconds()));
  }

  /** A limit for what must not be guessed or hoarded. */
  public static Limit exact(String name, long points, Duration window) {
    return new Limit(name, points, window, Precision.EXACT);
  }

  /** A limit for what only must not become too much. */
  public static Limit rough(String name, long points, Duration window) {
    return new Limit(name, points, window, Precision.ROUGH);
  }
}
