package dev.virga.pds.auth;

import dev.virga.pds.XrpcException;
import java.security.SecureRandom;
import java.util.concurrent.Semaphore;

/**
 * Hashes passwords and checks them, at a price that an attacker pays as well.
 *
 * <p>New hashes are Argon2id with 19 MiB, 2 passes and 1 lane (OWASP's minimum); the scrypt hashes
 * of the reference verify too. Only a few computations run at a time, so that a flood of sign-ins
 * cannot exhaust the memory.
 */
public final class Passwords {
  /** Characters that a new password may have. */
  public static final int MAX_NEW = 256;

  /** Characters beyond which a password is not even tried. */
  public static final int MAX_TRIED = 512;

  private final SecureRandom random;
  private final int minLength;
  private final Semaphore places;
  private final Argon2Hash.Cost cost;
  private final Argon2Hash dummy;

  /**
   * A hasher.
   *
   * @param minLength characters that a new password must have
   * @param concurrency computations at a time, at 20 MiB each
   */
  public Passwords(SecureRandom random, int minLength, int concurrency) {
    this(random, minLength, concurrency, Argon2Hash.Cost.CURRENT);
  }

  /** A hasher that hashes at another cost than the current one. */
  Passwords(SecureRandom random, int minLength, int concurrency, Argon2Hash.Cost cost) {
    this.random = random;
    this.minLength = minLength;
    this.places = new Semaphore(concurrency);
    this.cost = cost;
    this.dummy = new Argon2Hash(cost, new byte[16], new byte[32]);
  }

  /**
   * Demands that a password may be set.
   *
   * @throws XrpcException 400 InvalidPassword if it is too short, InvalidRequest if it is too long
   *     (the reference's name for that)
   */
  public void requireAcceptable(String password) {
    if (password.codePointCount(0, password.length()) < minLength) {
      throw XrpcException.badRequest(
          "InvalidPassword", "Password must have at least " + minLength + " characters");
    }
    if (password.length() > MAX_NEW) {
      throw XrpcException.invalidRequest("Password must have at most " + MAX_NEW + " characters");
    }
  }

  /** The hash to store, as a PHC string with a fresh salt. */
  public String hash(String password) {
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    return inPlace(() -> Argon2Hash.of(password, salt, cost).toString());
  }

  /** Whether a password is the one of a stored hash, of either kind. */
  public boolean verify(String password, String stored) {
    if (password.length() > MAX_TRIED) {
      return false;
    }
    return Argon2Hash.isOne(stored)
        ? inPlace(() -> Argon2Hash.parse(stored).matches(password))
        : inPlace(() -> ScryptHash.parse(stored).matches(password));
  }

  /** Takes as long as {@link #verify} for an account that does not exist, and says no. */
  public boolean verifyNobody(String password) {
    if (password.length() <= MAX_TRIED) {
      boolean _ = inPlace(() -> dummy.matches(password));
    }
    return false;
  }

  /** Whether a hash that just verified is of an older kind and should be replaced. */
  public boolean isOutdated(String stored) {
    return !Argon2Hash.isOne(stored) || !Argon2Hash.parse(stored).cost().equals(cost);
  }

  private <T> T inPlace(java.util.function.Supplier<T> work) {
    places.acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      places.release();
    }
  }
}
