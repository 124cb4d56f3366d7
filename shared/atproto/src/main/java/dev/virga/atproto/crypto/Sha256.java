package dev.virga.atproto.crypto;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SHA-256, by the platform's hardware-assisted implementation, and what is built right on it. */
public final class Sha256 {
  private Sha256() {}

  /** The 32-byte digest. */
  public static byte[] of(byte[] message) {
    return digest().digest(message);
  }

  /** The 32-byte digest of part of an array. */
  public static byte[] of(byte[] bytes, int from, int length) {
    MessageDigest digest = digest();
    digest.update(bytes, from, length);
    return digest.digest();
  }

  /** A fresh digest for bytes that stream by. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * HMAC-SHA-256 (RFC 2104), 32 bytes; {@code HS256} of JWTs.
   *
   * @throws IllegalArgumentException if the key is empty
   */
  public static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  /**
   * Whether two digests or secrets are equal, in time that does not depend on where they differ.
   */
  public static boolean same(byte[] a, byte[] b) {
    return MessageDigest.isEqual(a, b);
  }
}
