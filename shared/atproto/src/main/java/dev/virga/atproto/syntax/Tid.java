package dev.virga.atproto.syntax;

/**
 * A timestamp identifier: microseconds since the epoch and a clock identifier, 13 characters that
 * sort by time. Names revisions and most records.
 *
 * <p>The value is an unsigned 64-bit number, 54 bits of time above 10 bits of clock; {@code
 * compareTo} agrees with the order of the texts. Source: atproto.com/specs/tid.
 */
public record Tid(long value) implements Comparable<Tid> {
  /** The last moment that a new TID may name, 2^53 - 1 microseconds: June 2255. */
  public static final long MAX_MICROS = (1L << 53) - 1;

  /** The largest clock identifier. */
  public static final int MAX_CLOCK_ID = 1023;

  private static final int LENGTH = 13;
  private static final int CLOCK_BITS = 10;
  private static final String ALPHABET = "234567abcdefghijklmnopqrstuvwxyz";

  /**
   * Reads the 13 characters.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static Tid parse(String text) {
    if (!isValid(text)) {
      throw new SyntaxException("not a TID");
    }
    long value = 0;
    for (int i = 0; i < LENGTH; i++) {
      value = value << 5 | digit(text.charAt(i));
    }
    return new Tid(value);
  }

  /**
   * The TID of a moment.
   *
   * @param micros microseconds since the epoch, 0 to {@link #MAX_MICROS}
   * @param clockId 0 to {@link #MAX_CLOCK_ID}
   * @throws SyntaxException if either is out of range
   */
  public static Tid of(long micros, int clockId) {
    if (micros < 0 || micros > MAX_MICROS || clockId < 0 || clockId > MAX_CLOCK_ID) {
      throw new SyntaxException("time or clock identifier does not fit a TID");
    }
    return new Tid(micros << CLOCK_BITS | clockId);
  }

  public static boolean isValid(String text) {
    // The first digit carries four bits, not five: 13 digits would hold 65.
    if (text.length() != LENGTH || digit(text.charAt(0)) > 15) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      if (digit(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int digit(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 6;
    }
    return c >= '2' && c <= '7' ? c - '2' : -1;
  }

  /** Microseconds since the epoch. */
  public long micros() {
    return value >>> CLOCK_BITS;
  }

  public int clockId() {
    return (int) (value & MAX_CLOCK_ID);
  }

  @Override
  public int compareTo(Tid that) {
    return Long.compareUnsigned(value, that.value);
  }

  @Override
  public String toString() {
    char[] text = new char[LENGTH];
    long rest = value;
    for (int i = LENGTH - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (rest & 31));
      rest >>>= 5;
    }
    return new String(text);
  }
}
