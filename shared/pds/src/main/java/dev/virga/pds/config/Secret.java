package dev.virga.pds.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A secret of the configuration, which shows itself to nobody who did not ask. */
public final class Secret {
  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  public static Secret of(byte[] bytes) {
    return new Secret(bytes);
  }

  public static Secret of(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A copy of the bytes; for a secret given as text, its UTF-8. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The text of a secret that was given as text. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Compares in a time that tells nothing of where a difference lies. */
  public boolean matches(String candidate) {
    return MessageDigest.isEqual(bytes, candidate.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
