package dev.virga.atproto.crypto;

import dev.virga.atproto.syntax.SyntaxException;
import java.util.Arrays;

/**
 * Base58 with Bitcoin's alphabet, multibase {@code z}: the text form of public keys.
 *
 * <p>Its cost grows with the square of the length, so the length is bounded.
 */
public final class Base58btc {
  /** Most characters decoded; keys need 50 to 91, and the work is quadratic. */
  public static final int MAX_TEXT = 1024;

  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final byte[] DIGITS = new byte[128];

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      DIGITS[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  private Base58btc() {}

  /** The digits without multibase prefix; each leading zero byte becomes a {@code 1}. */
  public static String encode(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    byte[] digits = new byte[(bytes.length - zeros) * 138 / 100 + 1];
    int used = 0;
    for (int i = zeros; i < bytes.length; i++) {
      used = shiftIn(digits, used, 58, bytes[i] & 0xff, 256);
    }
    StringBuilder text = new StringBuilder(zeros + used);
    text.repeat('1', zeros);
    for (int i = used - 1; i >= 0; i--) {
      text.append(ALPHABET.charAt(digits[i]));
    }
    return text.toString();
  }

  /**
   * Decodes digits without multibase prefix.
   *
   * @throws SyntaxException if there is another character, or more than {@link #MAX_TEXT}
   */
  public static byte[] decode(String text) {
    if (text.length() > MAX_TEXT) {
      throw new SyntaxException("base58 text is longer than " + MAX_TEXT + " characters");
    }
    int zeros = 0;
    while (zeros < text.length() && text.charAt(zeros) == '1') {
      zeros++;
    }
    byte[] reversed = new byte[text.length()];
    int used = 0;
    for (int i = zeros; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? DIGITS[c] : -1;
      if (digit < 0) {
        throw new SyntaxException("not a base58 digit at " + i);
      }
      used = shiftIn(reversed, used, 256, digit, 58);
    }
    byte[] bytes = new byte[zeros + used];
    for (int i = 0; i < used; i++) {
      bytes[zeros + i] = reversed[used - 1 - i];
    }
    return bytes;
  }

  /** number = number * factor + carry, on little-endian digits of a base; returns digits used. */
  private static int shiftIn(byte[] number, int used, int base, int carry, int factor) {
    int at = 0;
    int rest = carry;
    for (; at < used || rest != 0; at++) {
      rest += (number[at] & 0xff) * factor;
      number[at] = (byte) (rest % base);
      rest /= base;
    }
    return at;
  }
}
