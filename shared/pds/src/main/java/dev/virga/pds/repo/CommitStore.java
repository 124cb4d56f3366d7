package dev.virga.pds.repo;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.RecordWrite;
import dev.virga.atproto.repo.TreeChange;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** Stores commits on the two ports, whole or not at all: part of {@link RepoWriter}. */
public final class CommitStore {
  /** Blobs that one transaction marks as in use; the head takes a place of it too. */
  private static final int TOUCHES = Write.MAX_PER_TRANSACTION - 10;

  private static final long BACK_OFF_NANOS = 2_000_000;

  private final Index index;
  private final Objects objects;
  private final Redo redo;
  private final RandomGenerator random;

  public CommitStore(Index index, Objects objects, Redo redo, RandomGenerator random) {
    this.index = index;
    this.objects = objects;
    this.redo = redo;
    this.random = random;
  }

  /** The items of the records that a write replaces or deletes. */
  Map<Key, Item> recordsBefore(Did did, TreeEdit edit) {
    List<Key> keys =
        edit.writes().stream()
            .filter(write -> !(write instanceof RecordWrite.Create))
            .map(write -> RepoKeys.record(did, write.path().toString()))
            .toList();
    return keys.isEmpty() ? Map.of() : index.batchGet(keys);
  }

  /**
   * Demands that all blobs which new records refer to were uploaded and are as described.
   *
   * @throws XrpcException BlobNotFound, InvalidMimeType or InvalidSize
   */
  void checkBlobs(Did did, TreeEdit edit) {
    Map<Cid, Key> keys = RepoWriter.blobKeys(did, edit);
    if (keys.isEmpty()) {
      return;
    }
    Map<Key, Item> blobs = index.batchGet(keys.values());
    for (RecordIntent.Prepared record : edit.records().values()) {
      for (BlobRef reference : record.blobs()) {
        checkBlob(reference, blobs.get(keys.get(reference.cid())));
      }
    }
  }

  private static void checkBlob(BlobRef reference, @org.jspecify.annotations.Nullable Item blob) {
    if (blob == null || blob.text("takedown").isPresent()) {
      throw XrpcException.badRequest("BlobNotFound", "Could not find blob: " + reference.cid());
    }
    String type = blob.requireText("type");
    if (!type.equals(reference.mimeType())) {
      throw XrpcException.badRequest(
          "InvalidMimeType",
          "Referenced MimeType does not match stored blob. Expected: "
              + type
              + ", Got: "
              + reference.mimeType());
    }
    long size = blob.requireNumber("size");
    if (size != reference.size()) {
      throw XrpcException.badRequest(
          "InvalidSize",
          "Referenced Size does not match stored blob. Expected: "
              + size
              + ", Got: "
              + reference.size());
    }
  }

  /**
   * Stores a commit and makes it the current one.
   *
   * @param nodes of the tree before
   * @return the new head
   * @throws ConditionFailedException if another writer was faster; nothing of the commit remains
   */
  Head commit(Did did, CommitDraft draft, RecordItems items, Head before, BlockSource nodes)
      throws ConditionFailedException {
    Head made = draft.head(before.state());
    List<Write> writes = new ArrayList<>(items.writes());
    // Two records may have been the same, and what they leave behind is then, too.
    Map<Key, Write> beforehand = new LinkedHashMap<>();
    for (Write.Put node : draft.nodes(did, nodes)) {
      if (CommitDraft.isLarge(node)) {
        writes.add(node);
      } else {
        beforehand.put(node.key(), node);
      }
    }
    items.beforehand().forEach(write -> beforehand.put(write.key(), write));
    Write outbox =
        Outbox.put(
            did,
            draft.commit().rev(),
            new Outbox.Content(
                List.of(draft.event(did)),
                draft.pack().name(),
                draft.forgotten(),
                items.released()));
    List<Write> early = new ArrayList<>(beforehand.values());
    if (writes.size() + items.touches().size() + 2 <= index.limits().writes()) {
      atOnce(did, draft, writes, items.touches(), before, made, early, outbox);
    } else {
      inSteps(did, draft, writes, items.touches(), before, made, early, outbox);
    }
    return made;
  }

  private void atOnce(
      Did did,
      CommitDraft draft,
      List<Write> writes,
      List<Write> touches,
      Head before,
      Head made,
      List<Write> beforehand,
      Write outbox)
      throws ConditionFailedException {
    List<Write> all = new ArrayList<>(writes);
    all.addAll(touches);
    all.add(outbox);
    all.add(Write.put(RepoKeys.head(did), made.toItem(), Condition.equal("etag", before.etag())));
    transactAfter(did, beforehand, draft.pack(), () -> {}, all);
  }

  /** Stores the pack, does something else, and then transacts. A pack that lost is taken back. */
  private void transactAfter(
      Did did, List<Write> beforehand, Pack pack, Runnable also, List<Write> writes)
      throws ConditionFailedException {
    try {
      index.transactAfter(
          beforehand,
          () -> {
            putPack(pack);
            also.run();
          },
          writes);
    } catch (RevisionTakenException e) {
      // Not our pack, and perhaps that of somebody's commit.
      throw new ConditionFailedException(List.of(RepoKeys.head(did)));
    } catch (ConditionFailedException e) {
      objects.delete(pack.name());
      throw e;
    }
  }

  /** A pack of this very revision is there: of a process that died, or has our clock identifier. */
  private static final class RevisionTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void inSteps(
      Did did,
      CommitDraft draft,
      List<Write> writes,
      List<Write> touches,
      Head before,
      Head made,
      List<Write> beforehand,
      Write outbox)
      throws ConditionFailedException {
    Tid rev = draft.commit().rev();
    Redo.Draft plan = redo.draft(did, rev);
    List<Write> decision = new ArrayList<>(touches);
    while (decision.size() > TOUCHES) {
      List<Write> some = decision.subList(0, TOUCHES);
      index.transact(List.copyOf(some));
      some.clear();
    }
    Head pending = before.withPending(rev);
    decision.add(
        Write.put(RepoKeys.head(did), pending.toItem(), Condition.equal("etag", before.etag())));
    try {
      transactAfter(
          did,
          beforehand,
          draft.pack(),
          () -> plan.add(writes).complete(made, List.of(outbox)),
          decision);
    } catch (ConditionFailedException e) {
      plan.discard();
      throw e;
    }
    redo.finish(did, pending);
  }

  private void putPack(Pack pack) {
    if (!objects.putIfAbsent(pack.name(), pack.bytes(), pack.note().toMetadata())) {
      throw new RevisionTakenException();
    }
  }

  /** Stores the pack of a first commit and lists the rest of what makes the repository. */
  RepoGenesis genesis(Did did, TreeChange change, Commit commit, RepoState state) {
    CommitDraft draft =
        CommitDraft.of(did, null, change, commit, new TreeEdit(List.of(), Map.of()));
    putPack(draft.pack());
    List<Write> writes = new ArrayList<>();
    writes.add(Write.put(RepoKeys.head(did), draft.head(state).toItem(), Condition.ABSENT));
    CommitEvent created = draft.event(did);
    SyncEvent sync = syncEvent(did, commit.rev(), commit.cid(), commit.encode());
    return new RepoGenesis(
        writes, List.of(created, sync), draft.pack().name(), commit.cid(), commit.rev());
  }

  /** What tells the network where a repository stands. */
  static SyncEvent syncEvent(Did did, Tid rev, Cid commit, byte[] commitBlock) {
    Pack only = Pack.of("", PackNote.FULL, commit, commitBlock, List.of());
    return new SyncEvent(did, rev, only.bytes());
  }

  /** Waits a little, longer each time and never in step with others. */
  void backOff(int attempt) {
    long ceiling = BACK_OFF_NANOS << Math.min(attempt, 7);
    LockSupport.parkNanos(random.nextLong(ceiling / 4, ceiling));
  }
}
