package dev.virga.atproto.data;

/**
 * Tells well-formed Unicode from the rest, where the JDK and Jackson would quietly repair or pass
 * it. Part of the codecs of this package.
 */
final class Utf8 {
  private Utf8() {}

  /** Whether a string has a surrogate without its partner, and so no UTF-8 form. */
  static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /** Whether bytes are UTF-8 by RFC 3629: shortest forms, no surrogates, nothing above U+10FFFF. */
  static boolean isValid(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      if (bytes[at] >= 0) {
        at++;
        continue;
      }
      int length = sequenceLength(bytes, at);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /** The length of the valid multi-byte sequence that starts here, or 0. */
  private static int sequenceLength(byte[] bytes, int at) {
    int lead = bytes[at] & 0xff;
    int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || at + length > bytes.length) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[at + 1] & 0xff;
    boolean valid =
        switch (lead) {
          case 0xe0 -> second >= 0xa0;
          case 0xed -> second <= 0x9f;
          case 0xf0 -> second >= 0x90;
          case 0xf4 -> second <= 0x8f;
          default -> true;
        };
    return valid ? length : 0;
  }
}
