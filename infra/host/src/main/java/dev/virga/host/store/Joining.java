package dev.virga.host.store;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Write;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a companion of changes into the transactions of a {@link GroupCommit}: its writes go into
 * the same SQLite transaction, with the same sync.
 *
 * <p>Changes that it did not join, an earlier process's among them, reach the listener first, so
 * that it never gets ahead of what the listener has yet to do. For the writer's thread, but for the
 * first and last method.
 */
final class Joining {
  private static final Logger log = LoggerFactory.getLogger(Joining.class);

  private final AtomicLong delivered;
  private volatile Changes.@Nullable Companion companion;
  private volatile long lastLeftOut;
  private boolean asked;
  private boolean joined;

  /**
   * @param delivered the last change that the feed's listener took
   * @param lastLeftOut the last change that an earlier process recorded
   */
  Joining(AtomicLong delivered, long lastLeftOut) {
    this.delivered = delivered;
    this.lastLeftOut = lastLeftOut;
  }

  /** Begins to ask a companion. */
  void accompany(Changes.Companion with) {
    companion = with;
  }

  /** Lets the companion join the transaction under way, if it may. */
  void join(Ledger ledger) throws SQLException {
    asked = false;
    joined = false;
    Changes.Companion with = companion;
    List<Change> changes = ledger.changes();
    if (with == null || changes.isEmpty() || isBehind()) {
      joined = changes.isEmpty();
      return;
    }
    asked = true;
    Optional<List<Write>> writes = writes(with, changes);
    joined =
        writes.isPresent()
            && (writes.get().isEmpty()
                || ledger.join(Job.transaction(writes.get())) instanceof Job.Outcome.Done);
  }

  private static Optional<List<Write>> writes(Changes.Companion with, List<Change> changes) {
    try {
      return with.join(changes);
    } catch (RuntimeException e) {
      log.warn("a companion failed, its changes are left to the feed", e);
      return Optional.empty();
    }
  }

  /**
   * Tells the companion how the transaction ended.
   *
   * @param lastChange the last change recorded
   */
  void ended(boolean committed, long lastChange) {
    if (committed && !joined) {
      lastLeftOut = lastChange;
    }
    Changes.Companion with = companion;
    if (asked && with != null) {
      asked = false;
      with.joined(committed && joined);
    }
  }

  /** Whether the listener has still to take what the companion did not join. */
  boolean isBehind() {
    return delivered.get() < lastLeftOut;
  }

  /** Whether nobody waits for the feed, since a companion does what is urgent. */
  boolean isIdle() {
    return companion != null && !isBehind();
  }
}
