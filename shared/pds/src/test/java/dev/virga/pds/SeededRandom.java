package dev.virga.pds;

import java.security.SecureRandom;
import java.util.Random;

/** Randomness that is the same in every run of a test. */
public final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final Random random;

  public SeededRandom(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    random.nextBytes(bytes);
  }

  @Override
  public int nextInt() {
    return random.nextInt();
  }

  @Override
  public long nextLong() {
    return random.nextLong();
  }
}
