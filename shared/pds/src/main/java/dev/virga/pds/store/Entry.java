package dev.virga.pds.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * An item at its key, with the instant from which the {@link Index} may forget it: a whole second,
 * to which a finer instant is rounded up.
 */
public record Entry(Key key, Item item, @Nullable Instant expires) {
  public Entry {
    expires = expires == null ? null : wholeSecond(expires);
  }

  public Entry(Key key, Item item) {
    this(key, item, null);
  }

  static Instant wholeSecond(Instant instant) {
    Instant truncated = instant.truncatedTo(ChronoUnit.SECONDS);
    return truncated.equals(instant) ? instant : truncated.plusSeconds(1);
  }
}
