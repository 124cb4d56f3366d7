package dev.virga.atproto.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** The order of map keys in DAG-CBOR: shorter first, then by UTF-8 bytes. Part of {@link Value}. */
final class CanonicalOrder {
  static final Comparator<String> KEYS = CanonicalOrder::compare;

  private CanonicalOrder() {}

  private static int compare(String a, String b) {
    if (isAscii(a) && isAscii(b)) {
      int byLength = Integer.compare(a.length(), b.length());
      return byLength != 0 ? byLength : a.compareTo(b);
    }
    byte[] left = a.getBytes(StandardCharsets.UTF_8);
    byte[] right = b.getBytes(StandardCharsets.UTF_8);
    int byLength = Integer.compare(left.length, right.length);
    return byLength != 0 ? byLength : Arrays.compareUnsigned(left, right);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}
