package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes the writers of one repository inside this process take turns.
 *
 * <p>Only a kindness: it spares them from overtaking each other. What keeps the repository right is
 * the condition on the head.
 */
final class RepoLocks {
  /** Repositories that share a lock wait for each other, so there are many more than cores. */
  private static final int STRIPES = 1_024;

  private final Lock[] locks = new Lock[STRIPES];

  RepoLocks() {
    for (int i = 0; i < STRIPES; i++) {
      locks[i] = new ReentrantLock(true);
    }
  }

  Lock of(Did did) {
    return locks[Math.floorMod(did.hashCode(), STRIPES)];
  }
}
