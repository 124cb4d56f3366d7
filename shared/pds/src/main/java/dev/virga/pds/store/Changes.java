package dev.virga.pds.store;

import java.util.List;
import java.util.Optional;

/** The feed of an {@link Index}'s committed changes, as backends deliver it. */
public final class Changes {
  private Changes() {}

  /** Takes batches of changes. A batch whose call throws is delivered again, in the same order. */
  @FunctionalInterface
  public interface Listener {
    void accept(List<Change> batch) throws Exception;
  }

  /**
   * Adds writes of its own to the transactions that make changes, where the store can do that: what
   * would otherwise follow on a feed then costs no transaction.
   *
   * <p>Only an offer: the store may leave changes to its {@link Listener}, which gets all of them
   * in any case, and offers none that come after those until they were delivered.
   */
  public interface Companion {
    /**
     * What else to write. {@link #joined} follows on the same thread before another call.
     *
     * @param changes what the transaction has changed so far, in order
     * @return writes about keys that are changed already or that only the companion writes, perhaps
     *     none; nothing if the changes are better left to the listener
     */
    Optional<List<Write>> join(List<Change> changes);

    /**
     * Says how it went.
     *
     * @param committed whether the writes are durable now; else a condition of theirs did not hold
     *     or the transaction failed
     */
    void joined(boolean committed);
  }
}
