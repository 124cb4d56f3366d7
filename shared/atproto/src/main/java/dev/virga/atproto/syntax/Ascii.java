package dev.virga.atproto.syntax;

/** The character classes that the identifier grammars of this package are made of. */
final class Ascii {
  private Ascii() {}

  static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }

  static boolean isLetter(char c) {
    return isLower(c) || isUpper(c);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlphanumeric(char c) {
    return isLetter(c) || isDigit(c);
  }

  /** Whether a range is a DNS label: 1 to 63 letters, digits and inner hyphens. */
  static boolean isLabel(String text, int from, int to) {
    int length = to - from;
    if (length < 1 || length > 63 || text.charAt(from) == '-' || text.charAt(to - 1) == '-') {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isAlphanumeric(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  /** Lower-cases A to Z; returns the same string when there is nothing to do. */
  static String lower(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isUpper(text.charAt(i))) {
        return text.toLowerCase(java.util.Locale.ROOT);
      }
    }
    return text;
  }
}
