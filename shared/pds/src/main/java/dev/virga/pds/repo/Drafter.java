package dev.virga.pds.repo;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.RecordWrite;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.repo.TreeChange;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a client's intents a commit on top of a head, and stores nothing: of {@link RepoWriter}.
 */
final class Drafter {
  private final Index index;
  private final TidClock tids;
  private final InstantSource clock;

  Drafter(Index index, TidClock tids, InstantSource clock) {
    this.index = index;
    this.tids = tids;
    this.clock = clock;
  }

  /**
   * Whether to suppose that a record is the first of its subject, as nearly all are, and leave it
   * to the transaction to find out: only for what surely fits into one.
   */
  static boolean mayBeFirst(List<RecordIntent> intents) {
    return intents.size() == 1
        && intents.getFirst() instanceof RecordIntent.Create(var _, var record, boolean only)
        && only
        && record.blobs().isEmpty();
  }

  /**
   * What the intents mean for a tree.
   *
   * @param unclaimed to go on without a look whether there is such a record already
   * @throws XrpcException as {@link TreeEdit#resolve}
   */
  TreeEdit resolve(Did did, Mst tree, List<RecordIntent> intents, boolean unclaimed) {
    return TreeEdit.resolve(tree, unclaimed ? intents : withoutDuplicates(did, tree, intents));
  }

  /**
   * Adds the deletion of an earlier record to the creation of one that there may be only one of.
   */
  private List<RecordIntent> withoutDuplicates(Did did, Mst tree, List<RecordIntent> intents) {
    List<RecordIntent> all = new ArrayList<>(intents.size() + 1);
    for (RecordIntent intent : intents) {
      if (intent instanceof RecordIntent.Create(var path, var record, boolean only)
          && only
          && record.unique() != null) {
        index
            .get(RepoKeys.unique(did, record.unique()))
            .flatMap(claim -> claim.text("path"))
            .filter(earlier -> !earlier.equals(path.toString()))
            .filter(earlier -> tree.get(earlier).isPresent())
            .map(RepoPath::parse)
            .filter(earlier -> intents.stream().noneMatch(i -> i.path().equals(earlier)))
            .ifPresent(
                earlier -> all.add(new RecordIntent.Delete(earlier, RecordIntent.Swap.ANY, false)));
      }
      all.add(intent);
    }
    return all;
  }

  /**
   * Signs a commit and lists what storing it means.
   *
   * @param tree as of the head
   * @param nodes of the tree
   * @param unclaimed to fail later if there is such a record already
   * @param joined whether it is decided on together with the one that made the head
   * @throws XrpcException BlobNotFound, InvalidMimeType or InvalidSize, InvalidRequest
   */
  DraftedCommit draft(
      Did did,
      PrivateKey key,
      Head head,
      Mst tree,
      BlockSource nodes,
      TreeEdit edit,
      boolean unclaimed,
      boolean joined) {
    Tid rev = tids.nextAfter(head.changed());
    TreeChange change = TreeChange.apply(tree, edit.writes());
    Commit commit = Commit.sign(did, rev, change.after().root(), key);
    CommitDraft draft = CommitDraft.of(did, head, change, commit, edit, joined);
    Condition claims = unclaimed ? Condition.ABSENT : Condition.ALWAYS;
    RecordItems items =
        new RecordItems(did, rev, draft.pack(), clock.instant(), recordsBefore(did, edit), claims)
            .add(edit);
    checkBlobs(did, edit);
    return DraftedCommit.of(did, head, draft, items, nodes);
  }

  /** The items of the records that a write replaces or deletes. */
  private Map<Key, Item> recordsBefore(Did did, TreeEdit edit) {
    List<Key> keys =
        edit.writes().stream()
            .filter(write -> !(write instanceof RecordWrite.Create))
            .map(write -> RepoKeys.record(did, write.path().toString()))
            .toList();
    return keys.isEmpty() ? Map.of() : index.batchGet(keys);
  }

  /** Demands that all blobs which new records refer to were uploaded and are as described. */
  private void checkBlobs(Did did, TreeEdit edit) {
    Map<Cid, Key> keys = new HashMap<>();
    for (RecordIntent.Prepared record : edit.records().values()) {
      record.blobs().forEach(blob -> keys.put(blob.cid(), BlobItems.blob(did, blob.cid())));
    }
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

  private static void checkBlob(BlobRef reference, @Nullable Item blob) {
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
}
