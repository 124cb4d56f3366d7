package dev.virga.pds.store;

import org.jspecify.annotations.Nullable;

/**
 * A span of sort keys inside a partition, compared as UTF-8 bytes.
 *
 * @param from the first key that is inside, inclusive
 * @param to the first key that is outside again, exclusive
 */
public record Range(String from, String to) {
  /** Above every key that an item may have. */
  static final String END = "\uDBFF\uDFFF";

  /** All keys that begin with a prefix of ASCII. */
  public static Range prefix(String prefix) {
    return new Range(prefix, prefix + END);
  }

  /** The keys of this range strictly after one of them, or all of them for null. */
  public Range after(@Nullable String key) {
    return key == null ? this : new Range(key + "\0", to);
  }

  /** The keys of this range strictly before one of them, or all of them for null. */
  public Range before(@Nullable String key) {
    return key == null ? this : new Range(from, key);
  }
}
