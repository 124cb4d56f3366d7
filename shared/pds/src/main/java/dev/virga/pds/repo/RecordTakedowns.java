package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hides records by a moderator's will: they stay in the tree, and so in exports, but reads of
 * records pass over them. It lasts through updates, until the record is deleted.
 */
public final class RecordTakedowns {
  /** The moderator's reference, on the record's item. */
  public static final String TAKEDOWN = "takedown";

  /** Rounds of lost races before giving up; a round is lost only when a commit won. */
  private static final int MAX_ROUNDS = 20;

  private final Index index;
  private final Heads heads;
  private final TidClock tids;

  public RecordTakedowns(Index index, Heads heads, TidClock tids) {
    this.index = index;
    this.heads = heads;
    this.tids = tids;
  }

  /**
   * A record, and what is decided of it.
   *
   * @param ref the moderator's reference if it is hidden
   */
  public record Decided(Cid cid, Optional<String> ref) {}

  /** What is decided of the record at a path, if there is one. */
  public Optional<Decided> find(Did did, RepoPath path) {
    return index
        .get(RepoKeys.record(did, path.toString()))
        .map(item -> new Decided(Cid.fromBytes(item.requireBytes("cid")), item.text(TAKEDOWN)));
  }

  /**
   * Hides a record, or shows it again.
   *
   * @param ref the moderator's reference; null to show it
   * @return false if there is no such record
   */
  public boolean set(Did did, RepoPath path, @Nullable String ref) {
    Key key = RepoKeys.record(did, path.toString());
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Head> head = heads.find(did);
      if (head.isEmpty() || index.get(key).isEmpty()) {
        return false;
      }
      Head found = head.get();
      try {
        // The head changes too, so that a commit that replaces the item starts over and sees this.
        index.transact(
            Write.all(
                decision(key, ref),
                note(RepoKeys.hidden(did, path), ref),
                Heads.stateWrite(did, found, found.state(), tids.nextAfter(found.changed()))));
        heads.forget(did);
        return true;
      } catch (ConditionFailedException e) {
        // A commit won: look again.
      }
    }
    throw new XrpcException(503, "NotEnoughResources", "The repository is busy, please try again");
  }

  private static Write note(Key key, @Nullable String ref) {
    return ref == null
        ? Write.delete(key)
        : Write.put(key, Item.builder().text("ref", ref).build());
  }

  private static Write decision(Key record, @Nullable String ref) {
    Item set = ref == null ? Item.EMPTY : Item.builder().text(TAKEDOWN, ref).build();
    Set<String> removed = ref == null ? Set.of(TAKEDOWN) : Set.of();
    return new Write.Update(record, set, removed, new Write.Expiry.Keep(), Condition.PRESENT);
  }
}
