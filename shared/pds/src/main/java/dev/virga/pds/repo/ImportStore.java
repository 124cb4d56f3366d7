package dev.virga.pds.repo;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarStream;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstDiff;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.MstWalk;
import dev.virga.atproto.repo.RecordChange;
import dev.virga.atproto.repo.RecordWrite;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stores a checked import as one commit of any size: part of {@link RepoImport}.
 *
 * <p>The pack is the whole repository; the items follow in one transaction if the store takes it,
 * else by a plan, as with other large commits.
 */
public final class ImportStore {
  /** Records that are looked at and turned into items at once. */
  private static final int CHUNK = Index.MAX_BATCH / 2;

  private final Index index;
  private final Objects objects;
  private final RepoReader reader;
  private final Blobs blobStore;
  private final Redo redo;
  private final InstantSource clock;

  public ImportStore(
      Index index,
      Objects objects,
      RepoReader reader,
      Blobs blobStore,
      Redo redo,
      InstantSource clock) {
    this.index = index;
    this.objects = objects;
    this.reader = reader;
    this.blobStore = blobStore;
    this.redo = redo;
    this.clock = clock;
  }

  /** What an import does to blobs, gathered along the way. */
  private record BlobUse(Set<Cid> used, Set<Cid> released) {}

  /**
   * Makes a commit the current one.
   *
   * @param before the head that it replaces
   * @param source all blocks of the new tree and its records
   * @throws XrpcException 503 if the repository was written meanwhile
   */
  void commit(Did did, Head before, Commit commit, BlockSource source) throws IOException {
    Mst after = Mst.load(commit.data(), source);
    Redo.Draft plan = redo.draft(did, commit.rev());
    String name = RepoKeys.pack(did, commit.rev());
    BlobUse blobs = new BlobUse(new LinkedHashSet<>(), new LinkedHashSet<>());
    boolean all = isEmpty(before);
    try {
      PackNote note = PackNote.following(PackNote.Kind.IMPORT, before, all ? 0 : 1);
      Pack pack = new Pack(name, note, new byte[0], new HashMap<>());
      Items items = new Items(did, commit.rev(), pack, plan, blobs);
      storePack(commit, after, source, items, all);
      if (!all) {
        MstDiff.records(Mst.load(before.root(), reader.nodes(did, before)), after)
            .forEach(change -> items.add(change, source));
        plan.add(removals(did, before, after));
      }
      items.flush();
      blobs.released().removeAll(blobs.used());
      plan.add(notes(did, List.copyOf(blobs.released())));
      touch(did, commit.rev(), blobs.used());
      plan.commit(before, head(before, commit), outbox(did, before, commit, name));
      blobStore.removeUnused(did, List.copyOf(blobs.released()), commit.rev());
    } catch (ConditionFailedException e) {
      abandon(plan, name);
      throw busy();
    } catch (IOException e) {
      abandon(plan, name);
      throw e;
    }
  }

  private static XrpcException busy() {
    return new XrpcException(
        503, "NotEnoughResources", "The repository was written meanwhile, please try again");
  }

  private void abandon(Redo.Draft plan, String pack) {
    plan.discard();
    objects.delete(pack);
  }

  private static Head head(Head before, Commit commit) {
    return new Head(
        commit.rev().toString(),
        before.state(),
        commit.rev(),
        commit.cid(),
        commit.encode(),
        commit.data(),
        YoungNodes.NONE,
        null);
  }

  /**
   * Stores the repository in the order of exports, and puts its tree nodes into the plan.
   *
   * @param all whether all records are new, and go into the plan on the way
   */
  private void storePack(Commit commit, Mst tree, BlockSource source, Items items, boolean all)
      throws IOException {
    Pack pack = items.pack;
    Objects.Metadata note = pack.note().toMetadata();
    if (!objects.putIfAbsent(pack.name(), new byte[0], note)) {
      throw busy(); // somebody has taken this revision; the next attempt gets another one
    }
    Blocks blocks = new Blocks(commit, tree, source, items, all);
    try (InputStream car = new CarStream(List.of(commit.cid()), blocks)) {
      objects.putStream(pack.name(), car, note);
    }
  }

  /** The blocks of a pack as they are stored, each put into the plan on the way. */
  private static final class Blocks implements Iterator<Block> {
    private final Commit commit;
    private final MstWalk steps;
    private final BlockSource source;
    private final Items items;
    private final boolean all;

    /** Where in the pack the next block's section begins; 0 before the commit's. */
    private long at;

    Blocks(Commit commit, Mst tree, BlockSource source, Items items, boolean all) {
      this.commit = commit;
      this.steps = tree.walk();
      this.source = source;
      this.items = items;
      this.all = all;
    }

    @Override
    public boolean hasNext() {
      return at == 0 || steps.hasNext();
    }

    @Override
    public Block next() {
      if (at == 0) {
        at = CarWriter.headerSize(List.of(commit.cid()));
        return moved(new Block(commit.cid(), commit.encode()));
      }
      return switch (steps.next()) {
        case MstStep.Node(Cid cid, byte[] bytes) -> {
          Block block = moved(new Block(cid, bytes));
          items.addNode(block);
          yield block;
        }
        case MstStep.Record(String path, Cid cid) -> {
          Block block = moved(new Block(cid, source.load(cid)));
          if (all) {
            items.add(new RecordChange(path, null, cid), _ -> block.bytes());
          }
          yield block;
        }
      };
    }

    private Block moved(Block block) {
      int length = block.bytes().length;
      at += CarWriter.sectionSize(length);
      if (length > Stored.INLINE) {
        items.pack.offsets().put(block.cid(), at - length);
      }
      return block;
    }
  }

  /** The changes of records that an import makes, turned into writes some at a time. */
  private final class Items {
    private final Did did;
    private final Tid rev;
    private final Pack pack;
    private final Redo.Draft plan;
    private final BlobUse blobs;
    private final List<RecordWrite> writes = new ArrayList<>();
    private final Map<RepoPath, RecordIntent.Prepared> records = new LinkedHashMap<>();
    private final List<Key> replaced = new ArrayList<>();

    Items(Did did, Tid rev, Pack pack, Redo.Draft plan, BlobUse blobs) {
      this.did = did;
      this.rev = rev;
      this.pack = pack;
      this.plan = plan;
      this.blobs = blobs;
    }

    /** A large node points into the pack and must go with the commit. */
    void addNode(Block node) {
      Write.Put put = CommitDraft.node(did, rev, node.cid(), node.bytes(), pack);
      if (CommitDraft.isLarge(put)) {
        plan.add(List.of(put));
      } else {
        plan.addAhead(List.of(put));
      }
    }

    void add(RecordChange change, BlockSource source) {
      RepoPath path = RepoPath.parse(change.key());
      Cid now = change.after();
      if (change.before() != null) {
        replaced.add(RepoKeys.record(did, change.key()));
      }
      if (now == null) {
        writes.add(new RecordWrite.Delete(path));
      } else {
        writes.add(
            change.before() == null
                ? new RecordWrite.Create(path, now)
                : new RecordWrite.Update(path, now));
        records.put(path, prepared(path, now, source.load(now)));
      }
      if (writes.size() == CHUNK) {
        flush();
      }
    }

    void flush() {
      Map<Key, Item> before = replaced.isEmpty() ? Map.of() : index.batchGet(replaced);
      RecordItems items =
          new RecordItems(did, rev, pack, clock.instant(), before, Condition.ALWAYS)
              .add(new TreeEdit(writes, records));
      blobs.used().addAll(items.used());
      blobs.released().addAll(items.released());
      plan.addAhead(items.beforehand()).add(items.writes());
      writes.clear();
      records.clear();
      replaced.clear();
    }
  }

  private static RecordIntent.Prepared prepared(RepoPath path, Cid cid, byte[] bytes) {
    Value.Obj record = DagCbor.decodeObj(bytes);
    return new RecordIntent.Prepared(
        bytes, cid, BlobRef.findAll(record), RecordPreparer.unique(path.collection(), record));
  }

  /** Marks those blobs as in use that were uploaded before the records that refer to them. */
  private void touch(Did did, Tid rev, Set<Cid> used) throws ConditionFailedException {
    List<Key> keys = used.stream().map(cid -> BlobItems.blob(did, cid)).toList();
    for (int from = 0; from < keys.size(); from += Write.MAX_PER_TRANSACTION) {
      List<Key> some = keys.subList(from, Math.min(from + Write.MAX_PER_TRANSACTION, keys.size()));
      List<Write> marks =
          index.batchGet(some).keySet().stream()
              .<Write>map(key -> Write.update(key, BlobItems.inUse(rev), Condition.PRESENT))
              .toList();
      if (!marks.isEmpty()) {
        index.transact(marks);
      }
    }
  }

  /**
   * Notes that blobs are to be looked at again, as after their upload, in case that nobody comes to
   * remove them: whoever finishes a pending import does not know of them.
   */
  private List<Write> notes(Did did, List<Cid> released) {
    List<Write> notes = new ArrayList<>();
    for (int from = 0; from < released.size(); from += CHUNK) {
      List<Key> keys =
          released.subList(from, Math.min(from + CHUNK, released.size())).stream()
              .map(cid -> BlobItems.blob(did, cid))
              .toList();
      index
          .batchGet(keys)
          .forEach(
              (key, blob) ->
                  BlobItems.upload(did, new Entry(key, blob))
                      .ifPresent(note -> notes.add(Write.put(note, Item.EMPTY))));
    }
    return notes;
  }

  /** Tells the network of a repository that it can see. */
  private static List<Write> outbox(Did did, Head before, Commit commit, String pack) {
    if (!before.state().isActive()) {
      return List.of();
    }
    SyncEvent event = CommitStore.syncEvent(did, commit.rev(), commit.cid(), commit.encode());
    return List.of(
        Outbox.put(
            did, commit.rev(), new Outbox.Content(List.of(event), pack, List.of(), List.of())));
  }

  /** Removes the nodes of the old tree; an export of it under way has to begin again. */
  private List<Write> removals(Did did, Head before, Mst after) {
    return MstDiff.between(Mst.load(before.root(), reader.nodes(did, before)), after)
        .removedNodes()
        .stream()
        .<Write>map(cid -> Write.delete(RepoKeys.node(did, cid)))
        .toList();
  }

  private static boolean isEmpty(Head head) {
    return head.root().equals(Mst.empty().root());
  }
}
