package dev.virga.pds.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * An Argon2id hash (RFC 9106) in the form of a PHC string; part of {@link Passwords}.
 *
 * @param salt 8 to 64 bytes
 * @param hash 16 to 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent")
record Argon2Hash(Cost cost, byte[] salt, byte[] hash) {
  private static final String PREFIX = "$argon2id$v=19$";
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})"
              + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

  /**
   * What a computation costs.
   *
   * @param memory in KiB
   */
  record Cost(int memory, int passes, int lanes) {
    static final Cost CURRENT = new Cost(19 * 1024, 2, 1);

    /** More memory than any hash of ours or of an account that moved here asks for. */
    private static final int MAX_MEMORY = 64 * 1024;

    Cost {
      if (memory < 8 * lanes || memory > MAX_MEMORY || passes < 1 || passes > 10 || lanes < 1) {
        throw new IllegalArgumentException("Argon2 cost out of range");
      }
    }
  }

  static boolean isOne(String stored) {
    return stored.startsWith(PREFIX);
  }

  static Argon2Hash of(String password, byte[] salt, Cost cost) {
    return new Argon2Hash(cost, salt, compute(password, cost, salt, 32));
  }

  /**
   * Reads a stored hash.
   *
   * @throws IllegalArgumentException if it is none, which means that the store is damaged
   */
  static Argon2Hash parse(String phc) {
    Matcher match = PHC.matcher(phc);
    if (!match.matches()) {
      throw new IllegalArgumentException("stored password hash is not Argon2id");
    }
    Cost cost =
        new Cost(
            Integer.parseInt(match.group(1)),
            Integer.parseInt(match.group(2)),
            Integer.parseInt(match.group(3)));
    Base64.Decoder decoder = Base64.getDecoder();
    return new Argon2Hash(cost, decoder.decode(match.group(4)), decoder.decode(match.group(5)));
  }

  boolean matches(String password) {
    return MessageDigest.isEqual(hash, compute(password, cost, salt, hash.length));
  }

  private static byte[] compute(String password, Cost cost, byte[] salt, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memory())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .build());
    byte[] out = new byte[length];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), out);
    return out;
  }

  /** The PHC string. */
  @Override
  public String toString() {
    Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
    return "%sm=%d,t=%d,p=%d$%s$%s"
        .formatted(
            PREFIX,
            cost.memory(),
            cost.passes(),
            cost.lanes(),
            encoder.encodeToString(salt),
            encoder.encodeToString(hash));
  }
}
