package dev.virga.atproto.data;

import java.nio.charset.StandardCharsets;

/**
 * Reads DAG-CBOR item by item from an array, checking every bound and every shortest form. Part of
 * the codecs of this package, for where no tree is wanted.
 *
 * <p>{@link #next} reads an item's head; for text, bytes and links the content must then be {@link
 * #skip}ped or taken before the next head.
 */
final class CborCursor {
  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int LINK = 6;
  static final int SIMPLE = 7;

  static final int FALSE = 20;
  static final int TRUE = 21;
  static final int NULL = 22;

  private static final int LINK_PREFIX = 3;

  private final byte[] in;
  private int at;
  private long argument;

  CborCursor(byte[] in) {
    this.in = in;
  }

  /** Reads a head and returns its major type. */
  int next() {
    require(1);
    int initial = in[at++] & 0xff;
    int major = initial >>> 5;
    int info = initial & 31;
    argument = info < 24 ? info : longArgument(info);
    switch (major) {
      case BYTES, TEXT -> require(argument);
      // Each entry takes at least a byte, so this also bounds what a caller might allocate.
      case ARRAY -> require(argument);
      case MAP -> require(argument > Integer.MAX_VALUE ? argument : 2 * argument);
      case LINK -> enterLink();
      case SIMPLE -> refuseUnless(info >= FALSE && info <= NULL, "a float or a simple value");
      default -> refuseUnless(argument >= 0, "an integer beyond 64 bits");
    }
    return major;
  }

  private long longArgument(int info) {
    refuseUnless(info <= 27, "an indefinite length");
    int length = 1 << (info - 24);
    require(length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | (in[at++] & 0xff);
    }
    long least = length == 1 ? 24 : 1L << (4 * length);
    refuseUnless(Long.compareUnsigned(value, least) >= 0, "a number not in its shortest form");
    return value;
  }

  private void enterLink() {
    // After the tag d8 2a: 58 25 00, then the 36 bytes of the CID.
    refuseUnless(argument == 42, "a tag other than 42");
    require(LINK_PREFIX + Cid.LENGTH);
    refuseUnless(
        in[at] == 0x58 && in[at + 1] == 1 + Cid.LENGTH && in[at + 2] == 0, "a malformed link");
    at += LINK_PREFIX;
    argument = Cid.LENGTH;
  }

  /** The number of items or entries, bytes of content, or the simple value of the last head. */
  int length() {
    return (int) argument;
  }

  /** The integer of the last head. */
  long integer(int major) {
    return major == UNSIGNED ? argument : -1 - argument;
  }

  /** Where the content of the last head begins. */
  int offset() {
    return at;
  }

  void skip() {
    at += (int) argument;
  }

  String text() {
    String text = new String(in, at, (int) argument, StandardCharsets.UTF_8);
    skip();
    return text;
  }

  Cid cid() {
    Cid cid = Cid.fromBytes(in, at, Cid.LENGTH);
    skip();
    return cid;
  }

  boolean atEnd() {
    return at == in.length;
  }

  private void require(long length) {
    if (length < 0 || length > in.length - at) {
      throw new DataException("not DAG-CBOR: it ends early");
    }
  }

  private static void refuseUnless(boolean allowed, String what) {
    if (!allowed) {
      throw new DataException("not DAG-CBOR: " + what);
    }
  }
}
