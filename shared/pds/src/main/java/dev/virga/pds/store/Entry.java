package dev.virga.pds.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An item at its key, with the instant (whole seconds) from which the {@link Index} may forget it.
 */
public record Entry(Key key, Item item, @Nullable Instant expires) {
  public Entry(Key key, Item item) {
    this(key, item, null);
  }
}
