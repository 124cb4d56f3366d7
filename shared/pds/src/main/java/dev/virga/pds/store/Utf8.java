package dev.virga.pds.store;

/** Measures texts as the UTF-8 that every backend of the ports stores. */
final class Utf8 {
  private static final int SHOWN_CHARS = 40;

  private Utf8() {}

  /**
   * The length of a text in bytes of UTF-8.
   *
   * @param what what the text is, for the message
   * @throws IllegalArgumentException if the text has half of a surrogate pair, which no UTF-8 has
   */
  static int length(String text, String what) {
    int length = text.length();
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c < 0x80) {
        continue;
      }
      length++;
      if (Character.isHighSurrogate(c)
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        at++;
        length++;
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException(what + " is not valid Unicode at character " + at);
      } else if (c >= 0x800) {
        length++;
      }
    }
    return length;
  }

  /** The length of a text that may have 1 to {@code most} bytes. */
  static int lengthWithin(String text, int most, String what) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(what + " is empty");
    }
    int length = length(text, what);
    if (length > most) {
      throw new IllegalArgumentException(
          "%s has %d bytes, at most %d are allowed: %s…"
              .formatted(what, length, most, text.substring(0, Math.min(SHOWN_CHARS, most / 4))));
    }
    return length;
  }
}
