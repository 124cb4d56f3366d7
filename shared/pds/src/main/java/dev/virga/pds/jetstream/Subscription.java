package dev.virga.pds.jetstream;

import dev.virga.pds.XrpcException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a subscriber asked for when it connected.
 *
 * @param cursor the first number that it wants; empty for live events only
 * @param awaitsHello whether nothing is to be sent before its first options update
 */
public record Subscription(Filter filter, OptionalLong cursor, boolean awaitsHello) {

  /**
   * Reads the parameters {@code wantedCollections}, {@code wantedDids}, {@code
   * maxMessageSizeBytes}, {@code cursor} and {@code requireHello}; others are ignored.
   *
   * @param socketEncoding the header Socket-Encoding, by which clients ask for zstd, like by {@code
   *     compress=true}; that is not served, and whoever asks could not read what it gets
   * @throws XrpcException 400 InvalidRequest naming the parameter
   */
  public static Subscription parse(
      Map<String, List<String>> query, Optional<String> socketEncoding) {
    if (first(query, "compress").equals("true")
        || socketEncoding.filter(value -> value.contains("zstd")).isPresent()) {
      throw XrpcException.invalidRequest("compress: events are served uncompressed only");
    }
    return new Subscription(
        Filter.of(
            query.getOrDefault("wantedCollections", List.of()),
            query.getOrDefault("wantedDids", List.of()),
            maxBytes(first(query, "maxMessageSizeBytes"))),
        cursor(first(query, "cursor")),
        first(query, "requireHello").equals("true"));
  }

  private static String first(Map<String, List<String>> query, String name) {
    List<String> values = query.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.getFirst();
  }

  /** What is no number means no limit: documented so, and relied upon. */
  private static long maxBytes(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static OptionalLong cursor(String text) {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long cursor = Long.parseLong(text);
      if (cursor >= 0) {
        return OptionalLong.of(cursor);
      }
    } catch (NumberFormatException e) {
      // refused below, like one that is negative
    }
    throw XrpcException.invalidRequest("cursor: not a whole number of microseconds");
  }

  /**
   * The number after which the subscriber's events begin.
   *
   * @param last the last number given so far
   */
  long start(long last) {
    return cursor.isPresent() ? Math.min(last, Math.max(0, cursor.getAsLong() - 1)) : last;
  }
}
