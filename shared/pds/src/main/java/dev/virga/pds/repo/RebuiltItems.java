package dev.virga.pds.repo;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.MstWalk;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts the items of a repository in the place of those that are there: part of {@link RepoRebuild}.
 *
 * <p>The head goes first and comes last, so that nobody takes half of it for the whole. A node or
 * record is dated by the last pack that has it, which is the commit that wrote it or a later one.
 */
final class RebuiltItems {
  private static final int BATCH = 500;

  private final Did did;
  private final Index index;
  private final PackSpool blocks;
  private final TidClock tids;
  private final Map<Key, Item> waiting = new LinkedHashMap<>();

  RebuiltItems(Did did, Index index, PackSpool blocks, TidClock tids) {
    this.did = did;
    this.index = index;
    this.blocks = blocks;
    this.tids = tids;
  }

  void write(Commit commit, RepoState state) {
    Map<String, String> hidden = hidden();
    index.batchDelete(List.of(RepoKeys.head(did)));
    clear();
    MstWalk walk = Mst.load(commit.data(), blocks).walk();
    while (walk.hasNext()) {
      switch (walk.next()) {
        case MstStep.Node(Cid cid, byte[] bytes) -> node(cid, bytes);
        case MstStep.Record(String path, Cid cid) -> record(RepoPath.parse(path), cid, hidden);
      }
    }
    flush();
    Head head =
        new Head(
            tids.nextAfter(commit.rev()) + "+rebuilt",
            state,
            commit.rev(),
            commit.cid(),
            commit.encode(),
            commit.data(),
            YoungNodes.NONE,
            null);
    index.batchPut(List.of(new Entry(RepoKeys.head(did), head.toItem())));
  }

  /** The records that moderators have hidden, and their references. */
  private Map<String, String> hidden() {
    Map<String, String> hidden = new HashMap<>();
    each(
        RepoKeys.hidden(),
        entry -> hidden.put(RepoKeys.hiddenPath(entry.key()), entry.item().requireText("ref")));
    return hidden;
  }

  private void clear() {
    for (Range range : RepoKeys.derived()) {
      List<Key> keys = new ArrayList<>();
      each(
          range,
          entry -> {
            keys.add(entry.key());
            if (keys.size() == BATCH) {
              index.batchDelete(keys);
              keys.clear();
            }
          });
      index.batchDelete(keys);
    }
    index.batchDelete(List.of(RepoKeys.tidiness(did)));
  }

  private void each(Range all, Consumer<Entry> visitor) {
    Range rest = all;
    Page page;
    do {
      page = index.query(Query.forward(did.text(), rest, BATCH));
      for (Entry entry : page.entries()) {
        visitor.accept(entry);
        rest = rest.after(entry.key().sort());
      }
    } while (page.more());
  }

  private void node(Cid cid, byte[] bytes) {
    PackSpool.Place place = blocks.place(cid);
    Item.Builder item = Item.builder().number("rev", place.rev().value());
    put(RepoKeys.node(did, cid), block(item, place, bytes).build());
  }

  private void record(RepoPath path, Cid cid, Map<String, String> hidden) {
    PackSpool.Place place = blocks.place(cid);
    byte[] bytes = blocks.load(cid);
    Value.Obj value = DagCbor.decodeObj(bytes);
    RecordIntent.Prepared record =
        new RecordIntent.Prepared(
            bytes, cid, BlobRef.findAll(value), RecordPreparer.unique(path.collection(), value));
    Item.Builder item =
        RecordItems.described(record, place.rev())
            .text(RecordTakedowns.TAKEDOWN, hidden.get(path.toString()));
    put(RepoKeys.record(did, path.toString()), block(item, place, bytes).build());
    put(RepoKeys.place(did, cid, path), RecordItems.dated(place.rev()));
    Set<Cid> blobs = new LinkedHashSet<>();
    record.blobs().forEach(blob -> blobs.add(blob.cid()));
    for (Cid blob : blobs) {
      put(BlobItems.reference(did, blob, path.toString()), BlobItems.since(place.rev()));
    }
    if (record.unique() != null) {
      put(
          RepoKeys.unique(did, record.unique()),
          Item.builder().text("path", path.toString()).build());
    }
  }

  private static Item.Builder block(Item.Builder item, PackSpool.Place place, byte[] bytes) {
    return bytes.length <= Stored.INLINE
        ? item.bytes("block", bytes)
        : Stored.addPlace(item, place.pack(), place.at(), place.length());
  }

  private void put(Key key, Item item) {
    waiting.put(key, item);
    if (waiting.size() == BATCH) {
      flush();
    }
  }

  private void flush() {
    List<Entry> entries = new ArrayList<>();
    waiting.forEach((key, item) -> entries.add(new Entry(key, item)));
    index.batchPut(entries);
    waiting.clear();
  }
}
