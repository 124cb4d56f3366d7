package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets go of what commits have replaced: tree nodes after a day, unused blobs at once.
 *
 * <p>Listens to the change feed beside the sequencer. Doing it twice is harmless.
 */
public final class Cleanup implements Changes.Listener {
  /** How long readers of an old root may take. */
  private static final Duration KEEP_NODES = Duration.ofDays(1);

  private final Index index;
  private final Blobs blobs;
  private final InstantSource clock;

  public Cleanup(Index index, Blobs blobs, InstantSource clock) {
    this.index = index;
    this.blobs = blobs;
    this.clock = clock;
  }

  @Override
  public void accept(List<Change> batch) {
    Map<Key, Write> byNode = new LinkedHashMap<>();
    for (Change change : batch) {
      boolean isNew = change.before().isEmpty() && change.after().isPresent();
      if (isNew && Outbox.holds(change.key())) {
        Did did = Did.parse(change.key().partition());
        Item outbox = change.after().get();
        Tid rev = Outbox.tid(change.key());
        expiries(did, rev, Outbox.removedNodes(outbox))
            .forEach(expiry -> byNode.put(expiry.key(), expiry));
        blobs.removeUnused(did, Outbox.releasedBlobs(outbox), rev);
      }
    }
    index.writeEach(List.copyOf(byNode.values()));
  }

  private List<Write> expiries(Did did, Tid rev, List<Cid> nodes) {
    Instant end = clock.instant().plus(KEEP_NODES);
    return nodes.stream()
        .<Write>map(
            cid ->
                new Write.Update(
                    RepoKeys.node(did, cid),
                    Item.EMPTY,
                    Set.of(),
                    new Write.Expiry.At(end),
                    // A tree can return to an earlier shape: what a later commit wrote again stays.
                    new Condition.LessThan("rev", rev.value())))
        .toList();
  }
}
