package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Key;
import dev.virga.pds.store.Range;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The two ends of a {@link Range} as DynamoDB can take them: no longer than a sort key may be; part
 * of {@link DynamoIndex}.
 *
 * <p>A range may end at texts that are longer than any key, such as the one after the longest.
 * Those are cut back to the last possible key before them, which then is on the other side of the
 * bound: {@code >= long} becomes {@code > last}, and {@code < long} becomes {@code <= last}.
 */
record Bounds(String from, boolean fromInside, String to, boolean toInside) {
  /** The last character of each length in UTF-8, by that length. */
  private static final String[] LAST = {"", "\u007F", "\u07FF", "\uFFFF"};

  static Bounds of(Range range) {
    String from = possible(range.from());
    String to = possible(range.to());
    return new Bounds(from, from.equals(range.from()), to, !to.equals(range.to()));
  }

  /** Whether no key is between the bounds. */
  boolean isEmpty() {
    int order =
        Arrays.compareUnsigned(
            from.getBytes(StandardCharsets.UTF_8), to.getBytes(StandardCharsets.UTF_8));
    return order > 0 || (order == 0 && !(fromInside && toInside));
  }

  /** The text itself or, if it is too long for a key, the last key before it. */
  private static String possible(String bound) {
    if (bound.length() * 3L <= Key.MAX_SORT_BYTES) {
      return bound;
    }
    int bytes = 0;
    for (int at = 0; at < bound.length(); ) {
      int point = bound.codePointAt(at);
      int length = utf8Length(point);
      if (bytes + length > Key.MAX_SORT_BYTES) {
        // Shorter characters sort before longer ones, so whatever fits here is before the bound.
        return bound.substring(0, at) + LAST[Key.MAX_SORT_BYTES - bytes];
      }
      bytes += length;
      at += Character.charCount(point);
    }
    return bound;
  }

  private static int utf8Length(int point) {
    if (point < 0x80) {
      return 1;
    }
    return point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
}
