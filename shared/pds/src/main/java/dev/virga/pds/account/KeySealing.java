package dev.virga.pds.account;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals signing keys for storage under a secret of the server, AES-256-GCM; part of {@link
 * SigningKeys}.
 *
 * <p>The sealed form is one byte of version, 12 of nonce, then ciphertext and tag. The account's
 * DID is authenticated with it, so that a sealed key cannot be moved to another account.
 */
public final class KeySealing {
  private static final byte VERSION = 1;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private final SecretKeySpec secret;
  private final SecureRandom random;

  /**
   * A sealer.
   *
   * @param secret 32 bytes
   */
  public KeySealing(byte[] secret, SecureRandom random) {
    if (secret.length != 32) {
      throw new IllegalArgumentException("the sealing secret has 32 bytes, not " + secret.length);
    }
    this.secret = new SecretKeySpec(secret, "AES");
    this.random = random;
  }

  /** Seals bytes for an owner. */
  public byte[] seal(String owner, byte[] plain) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] sealed = run(Cipher.ENCRYPT_MODE, owner, nonce, plain);
    return ByteBuffer.allocate(1 + NONCE + sealed.length)
        .put(VERSION)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /**
   * Opens what was sealed for that owner.
   *
   * @throws IllegalStateException if it was sealed under another secret, for another owner, or is
   *     damaged
   */
  public byte[] open(String owner, byte[] sealed) {
    if (sealed.length < 1 + NONCE || sealed[0] != VERSION) {
      throw new IllegalStateException("sealed key is damaged");
    }
    byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE);
    return run(
        Cipher.DECRYPT_MODE, owner, nonce, Arrays.copyOfRange(sealed, 1 + NONCE, sealed.length));
  }

  private byte[] run(int mode, String owner, byte[] nonce, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealed key does not open: is the secret the same?", e);
    }
  }
}
