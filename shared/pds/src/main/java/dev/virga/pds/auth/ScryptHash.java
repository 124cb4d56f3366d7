package dev.virga.pds.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * A password hash as the reference PDS stores it, {@code salt:hash} in hex; part of {@link
 * Passwords}.
 *
 * <p>N 16384, r 8, p 1, 64 bytes. Trap: the salt goes into the computation as its hex text, not as
 * the bytes that the text stands for.
 */
@SuppressWarnings("ArrayRecordComponent")
record ScryptHash(String salt, byte[] hash) {
  private static final int LENGTH = 64;

  /**
   * Reads a stored hash.
   *
   * @throws IllegalArgumentException if it is none, which means that the store is damaged
   */
  static ScryptHash parse(String stored) {
    int colon = stored.indexOf(':');
    if (colon != 32 || stored.length() != colon + 1 + 2 * LENGTH) {
      throw new IllegalArgumentException("stored password hash is of no known kind");
    }
    return new ScryptHash(
        stored.substring(0, colon), HexFormat.of().parseHex(stored.substring(colon + 1)));
  }

  boolean matches(String password) {
    byte[] computed =
        SCrypt.generate(
            password.getBytes(StandardCharsets.UTF_8),
            salt.getBytes(StandardCharsets.US_ASCII),
            16_384,
            8,
            1,
            LENGTH);
    return MessageDigest.isEqual(hash, computed);
  }
}
