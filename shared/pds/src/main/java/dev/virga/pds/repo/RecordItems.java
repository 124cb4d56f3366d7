package dev.virga.pds.repo;

import static java.util.Objects.requireNonNull;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.RecordWrite;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.PackedCids;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items that one commit's record changes come down to: part of {@link RepoWriter}.
 *
 * <p>Collects, in order of the changes: the writes of record items, blob references and claims of
 * uniqueness; what may be stored beforehand; which blobs are now in use or let go.
 */
final class RecordItems {
  /** How long a replaced record stays readable for exports under way. */
  static final Duration KEEP_REPLACED = Duration.ofHours(1);

  private final Did did;
  private final Tid rev;
  private final Pack pack;
  private final Instant now;
  private final Map<Key, Item> before;
  private final Condition claims;
  private final List<Write> writes = new ArrayList<>();
  private final List<Write> beforehand = new ArrayList<>();
  private final Set<Cid> used = new LinkedHashSet<>();
  private final Set<Cid> released = new LinkedHashSet<>();
  private final Set<Key> claimed = new HashSet<>();

  /**
   * @param before the record items of all updated and deleted paths
   * @param claims what must hold of the claims of uniqueness that are made
   */
  RecordItems(Did did, Tid rev, Pack pack, Instant now, Map<Key, Item> before, Condition claims) {
    this.did = did;
    this.rev = rev;
    this.pack = pack;
    this.now = now;
    this.before = before;
    this.claims = claims;
  }

  /** Adds all changes of a commit. */
  RecordItems add(TreeEdit edit) {
    // Deletions first, so that a claim handed on within the commit ends with its new holder.
    for (RecordWrite write : edit.writes()) {
      if (write instanceof RecordWrite.Delete(RepoPath path)) {
        remove(path);
      }
    }
    for (RecordWrite write : edit.writes()) {
      switch (write) {
        case RecordWrite.Create(RepoPath path, var _) ->
            store(path, requireNonNull(edit.records().get(path)));
        case RecordWrite.Update(RepoPath path, var _) ->
            replace(path, requireNonNull(edit.records().get(path)));
        case RecordWrite.Delete _ -> {}
      }
    }
    return this;
  }

  List<Write> writes() {
    return writes;
  }

  /** Puts that are harmless should the commit never come. */
  List<Write> beforehand() {
    return beforehand;
  }

  Set<Cid> used() {
    return used;
  }

  /** Blobs that lost a reference and gained none, so that they may be unused now. */
  List<Cid> released() {
    return released.stream().filter(cid -> !used.contains(cid)).toList();
  }

  private void remove(RepoPath path) {
    Key key = RepoKeys.record(did, path.toString());
    writes.add(Write.delete(key));
    Optional<Item> old = Optional.ofNullable(before.get(key));
    old.ifPresent(item -> letGo(path, item, null));
    if (old.flatMap(item -> item.text(RecordTakedowns.TAKEDOWN)).isPresent()) {
      writes.add(Write.delete(RepoKeys.hidden(did, path)));
    }
  }

  private void replace(RepoPath path, RecordIntent.Prepared record) {
    Optional.ofNullable(before.get(RepoKeys.record(did, path.toString())))
        .ifPresent(item -> letGo(path, item, record));
    store(path, record);
  }

  private void store(RepoPath path, RecordIntent.Prepared record) {
    Set<Cid> blobs = cids(record);
    Item.Builder item = described(record, rev).text(RecordTakedowns.TAKEDOWN, takedown(path));
    Stored.add(item, record.cid(), record.bytes(), pack);
    writes.add(Write.put(RepoKeys.record(did, path.toString()), item.build()));
    beforehand.add(Write.put(RepoKeys.place(did, record.cid(), path), dated(rev)));
    for (Cid blob : blobs) {
      writes.add(Write.put(BlobItems.reference(did, blob, path.toString()), BlobItems.since(rev)));
      used.add(blob);
    }
    if (record.unique() != null) {
      Key claim = RepoKeys.unique(did, record.unique());
      claimed.add(claim);
      writes.removeIf(write -> write.key().equals(claim));
      writes.add(Write.put(claim, Item.builder().text("path", path.toString()).build(), claims));
    }
  }

  /** What a record's item says of it, but for its bytes. */
  static Item.Builder described(RecordIntent.Prepared record, Tid rev) {
    return Item.builder()
        .bytes("cid", record.cid().toBytes())
        .text("rev", rev.toString())
        .bytes("blobs", PackedCids.pack(cids(record)))
        .text("unique", record.unique());
  }

  /**
   * What whoever clears up wants to know of an item that may belong to a commit that never came.
   */
  static Item dated(Tid rev) {
    return Item.builder().number("rev", rev.value()).build();
  }

  /** A record that a moderator has hidden stays so when its owner changes it. */
  private Optional<String> takedown(RepoPath path) {
    return Optional.ofNullable(before.get(RepoKeys.record(did, path.toString())))
        .flatMap(item -> item.text(RecordTakedowns.TAKEDOWN));
  }

  /** Lets go of what an old record held, but for what its successor holds as well. */
  private void letGo(RepoPath path, Item old, RecordIntent.@Nullable Prepared successor) {
    Set<Cid> kept = successor == null ? Set.of() : cids(successor);
    Cid cid = Cid.fromBytes(old.requireBytes("cid"));
    Item replaced = old.toBuilder().without("blobs").without("unique").without("cid").build();
    beforehand.add(
        new Write.Put(
            RepoKeys.replaced(did, cid), replaced, now.plus(KEEP_REPLACED), Condition.ALWAYS));
    if (successor == null || !cid.equals(successor.cid())) {
      writes.add(Write.delete(RepoKeys.place(did, cid, path)));
    }
    for (Cid blob : PackedCids.unpack(old, "blobs")) {
      if (!kept.contains(blob)) {
        writes.add(Write.delete(BlobItems.reference(did, blob, path.toString())));
        released.add(blob);
      }
    }
    old.text("unique")
        .filter(unique -> successor == null || !unique.equals(successor.unique()))
        .map(unique -> RepoKeys.unique(did, unique))
        .filter(key -> !claimed.contains(key))
        .filter(key -> writes.stream().noneMatch(write -> write.key().equals(key)))
        .ifPresent(key -> writes.add(Write.delete(key)));
  }

  private static Set<Cid> cids(RecordIntent.Prepared record) {
    Set<Cid> cids = new LinkedHashSet<>();
    for (BlobRef blob : record.blobs()) {
      cids.add(blob.cid());
    }
    return cids;
  }

  /** Marks blobs as in use; fails the transaction if one was removed meanwhile. */
  List<Write> touches() {
    return used.stream()
        .<Write>map(
            blob ->
                Write.update(BlobItems.blob(did, blob), BlobItems.inUse(rev), Condition.PRESENT))
        .toList();
  }
}
