package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where blobs are while moderation hides them: their bytes lie elsewhere, so that nobody who knows
 * an old address of them gets anything.
 *
 * <p>The item says first that the blob is hidden, then the bytes are moved. No name of an object is
 * ever used twice, so that a late removal hits nothing that is needed. Whoever repeats a takedown
 * or a restoration that was cut short finishes it.
 */
public final class Quarantine {
  static final String OPEN = "blobs/";
  static final String CLOSED = "quarantine/";

  /** The object that the bytes lay in before they were moved the last time. */
  private static final String FORMER = "former";

  /** Rounds of lost races before giving up; a round is lost only when another change won. */
  private static final int MAX_ROUNDS = 10;

  private final Index index;
  private final Objects objects;
  private final Blobs blobs;
  private final TidClock tids;

  public Quarantine(Index index, Objects objects, Blobs blobs, TidClock tids) {
    this.index = index;
    this.objects = objects;
    this.blobs = blobs;
    this.tids = tids;
  }

  /**
   * Hides a blob; it can be neither read nor referred to nor uploaded again.
   *
   * @param ref the moderator's reference
   * @return false if there is no such blob
   */
  public boolean takeDown(Did did, Cid cid, String ref) {
    Key key = BlobItems.blob(did, cid);
    // With a new mark, on which the removal of what seemed to be unused fails.
    Item hidden =
        Item.builder().text(StoredBlob.TAKEDOWN, ref).text("mark", tids.next().toString()).build();
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Item> found = index.get(key);
      if (found.isEmpty()) {
        return false;
      }
      String from = found.get().requireText(StoredBlob.OBJECT);
      if (change(key, hidden, Set.of(), Condition.equal(StoredBlob.OBJECT, from))) {
        if (from.startsWith(CLOSED)) {
          found.get().text(FORMER).ifPresent(objects::delete);
          return true;
        }
        // Another decision since then would have changed the reference, or removed it.
        Condition decided = Condition.equal(StoredBlob.TAKEDOWN, ref);
        if (move(key, from, CLOSED + did + "/" + tids.next(), Set.of(), decided)) {
          return true;
        }
      }
    }
    throw busy();
  }

  /**
   * Shows a blob again, or lets it go if nothing refers to it any more.
   *
   * @return false if there is no such blob
   */
  public boolean restore(Did did, Cid cid) {
    Key key = BlobItems.blob(did, cid);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Optional<Item> found = index.get(key);
      if (found.isEmpty()) {
        return false;
      }
      if (tryRestore(did, key, found.get())) {
        if (found.get().text("used").isPresent()) {
          blobs.removeUnused(did, List.of(cid), tids.next());
        }
        return true;
      }
    }
    throw busy();
  }

  private boolean tryRestore(Did did, Key key, Item blob) {
    String from = blob.requireText(StoredBlob.OBJECT);
    Condition unmoved = Condition.equal(StoredBlob.OBJECT, from);
    Set<String> shown = Set.of(StoredBlob.TAKEDOWN);
    if (from.startsWith(OPEN)) {
      blob.text(FORMER).ifPresent(objects::delete);
      return blob.text(StoredBlob.TAKEDOWN).isEmpty() || change(key, Item.EMPTY, shown, unmoved);
    }
    return move(key, from, OPEN + did + "/" + tids.next(), shown, unmoved);
  }

  private boolean move(Key key, String from, String to, Set<String> remove, Condition condition) {
    boolean _ = objects.copy(from, to);
    Item moved = Item.builder().text(StoredBlob.OBJECT, to).text(FORMER, from).build();
    boolean changed = change(key, moved, remove, condition);
    objects.delete(changed ? from : to);
    return changed;
  }

  private boolean change(Key key, Item set, Set<String> remove, Condition condition) {
    List<Write> writes = new ArrayList<>();
    writes.add(new Write.Update(key, set, remove, new Write.Expiry.Keep(), condition));
    Key note = BlobItems.hidden(Did.parse(key.partition()), BlobItems.cidOf(key));
    set.text(StoredBlob.TAKEDOWN)
        .ifPresent(ref -> writes.add(Write.put(note, Item.builder().text("ref", ref).build())));
    if (remove.contains(StoredBlob.TAKEDOWN)) {
      writes.add(Write.delete(note));
    }
    try {
      index.transact(writes);
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  private static XrpcException busy() {
    return new XrpcException(503, "NotEnoughResources", "The blob is changed too often");
  }
}
