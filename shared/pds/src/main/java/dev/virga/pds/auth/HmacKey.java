package dev.virga.pds.auth;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The server's secret for HS256, RFC 7518 §3.2; part of {@link SessionTokens}. */
final class HmacKey {
  private final SecretKeySpec key;

  HmacKey(byte[] secret) {
    this.key = new SecretKeySpec(secret, "HmacSHA256");
  }

  byte[] sign(byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(message);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  boolean verify(byte[] message, byte[] signature) {
    return MessageDigest.isEqual(sign(message), signature);
  }
}
