package dev.virga.atproto.lexicon;

/** The length of text in UTF-8, without encoding it. Part of {@link StringSchema}. */
final class Utf8 {
  private Utf8() {}

  static long length(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800 || Character.isSurrogate(c)) {
        // Either half of a surrogate pair stands for two of its four bytes.
        bytes += 2;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }
}
