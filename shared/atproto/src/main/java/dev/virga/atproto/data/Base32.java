package dev.virga.atproto.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/** RFC 4648 base32 in lower case without padding, as multibase {@code b} and did:plc use it. */
public final class Base32 {
  private static final byte[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".getBytes(US_ASCII);
  private static final byte[] DIGITS = new byte[128];

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int i = 0; i < ALPHABET.length; i++) {
      DIGITS[ALPHABET[i]] = (byte) i;
    }
  }

  private Base32() {}

  public static String encode(byte[] bytes) {
    return encode("", bytes);
  }

  /** Encodes after a prefix, without a copy in between. */
  static String encode(String prefix, byte[] bytes) {
    byte[] out =
        Arrays.copyOf(prefix.getBytes(US_ASCII), prefix.length() + (bytes.length * 8 + 4) / 5);
    int at = prefix.length();
    int bits = 0;
    int buffer = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        out[at++] = ALPHABET[(buffer >>> bits) & 31];
      }
    }
    if (bits > 0) {
      out[at] = ALPHABET[(buffer << (5 - bits)) & 31];
    }
    return new String(out, US_ASCII);
  }

  /**
   * Decodes strictly: only the lower-case alphabet, no surplus digit, unused bits zero.
   *
   * @throws DataException if the text is anything else
   */
  public static byte[] decode(String text) {
    int surplus = text.length() * 5 % 8;
    if (surplus >= 5) {
      throw new DataException("base32 of impossible length");
    }
    byte[] out = new byte[text.length() * 5 / 8];
    int at = 0;
    int bits = 0;
    int buffer = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? DIGITS[c] : -1;
      if (digit < 0) {
        throw new DataException("not a base32 digit: " + (int) c);
      }
      buffer = (buffer << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        out[at++] = (byte) (buffer >>> bits);
      }
    }
    if ((buffer & ((1 << surplus) - 1)) != 0) {
      throw new DataException("base32 with stray bits");
    }
    return out;
  }
}
