package dev.virga.pds.jetstream;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection that the gateway holds, as {@link Connections} remembers it.
 *
 * @param connected when it was announced; it can take messages some moments later
 * @param failing since when it takes no messages, null if it does
 * @param filter what it wants to see
 */
record Connection(
    String id, Instant connected, State state, FilterText filter, @Nullable Instant failing) {

  /** Where a connection stands. */
  sealed interface State {
    /** It has all events up to the position that the {@link Turn} has reached. */
    record Live() implements State {}

    /** It has all events up to a position of its own. */
    record Behind(long position) implements State {}

    /** It gets nothing before its first options update, and then begins at a cursor, if any. */
    record AwaitsHello(OptionalLong cursor) implements State {}
  }

  /** A filter at rest. */
  sealed interface FilterText {
    /** As JSON within the connection's item; empty for {@link Filter#ALL}. */
    record Inline(String json) implements FilterText {}

    /** In an item of its own, since it is long; another version is another filter. */
    record Apart(long version) implements FilterText {}
  }
}
