package dev.virga.pds.auth;

import java.security.SecureRandom;

/** A hasher that takes no time, for tests that make thousands of accounts. */
public final class CheapPasswords {
  private CheapPasswords() {}

  public static Passwords of(SecureRandom random) {
    return new Passwords(random, 8, 4, new Argon2Hash.Cost(8, 1, 1));
  }
}
