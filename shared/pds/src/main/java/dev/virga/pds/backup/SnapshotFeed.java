package dev.virga.pds.backup;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.sync.Outbox;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a snapshot of an account as soon as it begins, or changes in a way that the network is told
 * of; a daily round sees to the rest. Listens to the change feed beside the sequencer.
 */
public final class SnapshotFeed implements Changes.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotFeed.class);

  private final AccountSnapshots snapshots;

  public SnapshotFeed(AccountSnapshots snapshots) {
    this.snapshots = snapshots;
  }

  @Override
  public void accept(List<Change> batch) {
    Set<Did> changed = new LinkedHashSet<>();
    for (Change change : batch) {
      boolean isNew = change.before().isEmpty() && change.after().isPresent();
      if (isNew && Outbox.holds(change.key()) && Outbox.isOfAccount(change.after().get())) {
        changed.add(Did.parse(change.key().partition()));
      }
    }
    changed.forEach(this::store);
  }

  /** What fails now must not hold up the feed: the next round tries again. */
  private void store(Did did) {
    try {
      boolean _ = snapshots.store(did);
    } catch (RuntimeException e) {
      LOG.warn("no snapshot of {} could be taken, will be tried again", did, e);
    }
  }
}
