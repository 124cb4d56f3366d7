package dev.virga.pds.config;

import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes up the secrets of {@link PdsConfig.Secrets} for an operator who has none. */
public final class FreshSecrets {
  /** All that a server cannot do without, by the names of their variables. */
  public static final List<String> NAMES =
      List.of(
          PdsConfig.JWT_SECRET,
          PdsConfig.ADMIN_PASSWORD,
          PdsConfig.ROTATION_KEY,
          PdsConfig.KEY_SEALING_SECRET,
          PdsConfig.DPOP_SECRET);

  private static final int KEY_BYTES = 32;
  private static final int PASSWORD_BYTES = 16;

  private FreshSecrets() {}

  /**
   * A random 256-bit number, or one of 128 bits for what somebody may have to type; as a key of
   * secp256k1 it is invalid once in 2^128.
   *
   * @param random fit for secrets: a SecureRandom
   * @return in hexadecimal
   */
  public static String make(String name, RandomGenerator random) {
    byte[] bytes = new byte[name.equals(PdsConfig.ADMIN_PASSWORD) ? PASSWORD_BYTES : KEY_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
