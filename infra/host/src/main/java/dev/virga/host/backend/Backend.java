package dev.virga.host.backend;

import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import java.time.Instant;

/** Where a host keeps everything: the two ports, and the way of their changes to the sequencer. */
public interface Backend extends AutoCloseable {
  /** Delivers what no feed will bring any more; see {@link dev.virga.pds.upkeep.Stragglers}. */
  @FunctionalInterface
  interface Missed {
    void deliver() throws Exception;
  }

  Index index();

  Objects objects();

  /** Whether other processes work on the same stores. */
  boolean isShared();

  /**
   * Begins to feed the listener with the changes of outbox items, until this is closed. At most
   * once.
   *
   * @param companion may join the transactions themselves, where the backend can do that
   * @param missed for a backend whose feed forgets; called before the feed, on another thread
   */
  void deliver(Changes.Companion companion, Changes.Listener listener, Missed missed);

  /** Forgets what expired and what crashes left behind, where the stores do not so themselves. */
  void sweep(Instant now);

  /** Where this host keeps everything, in words for its operator. */
  String place();

  @Override
  void close();
}
