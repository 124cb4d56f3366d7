package dev.virga.atproto.lexicon;

/** The least and the greatest allowed integer, length or count, both inclusive. */
record Range(long min, long max) {
  static final Range ANY = new Range(Long.MIN_VALUE, Long.MAX_VALUE);

  boolean isAny() {
    return equals(ANY);
  }
}
