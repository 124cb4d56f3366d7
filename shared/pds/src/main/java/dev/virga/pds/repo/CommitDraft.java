package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.repo.TreeChange;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signed commit on top of a head, not yet stored: part of {@link RepoWriter}.
 *
 * @param before the head that it follows, null for a repository's first commit
 * @param young the tree nodes that stay in packs for now
 * @param settled the nodes that get items with this commit, and the revisions that wrote them
 */
record CommitDraft(
    @Nullable Head before,
    TreeChange change,
    Commit commit,
    Pack pack,
    YoungNodes young,
    Map<Cid, Tid> settled) {
  /** The most bytes of a commit's blocks. Source: atproto.com/specs/sync, "commit size limits". */
  static final int MAX_BLOCKS = 2_000_000;

  /**
   * Packs a commit and its blocks.
   *
   * @param joined whether it is decided on together with the one that made the head
   * @throws XrpcException InvalidRequest if they are larger than an event may be
   */
  static CommitDraft of(
      Did did,
      @Nullable Head before,
      TreeChange change,
      Commit commit,
      TreeEdit edit,
      boolean joined) {
    Map<Cid, byte[]> records = new LinkedHashMap<>();
    for (Map.Entry<RepoPath, RecordIntent.Prepared> record : edit.records().entrySet()) {
      records.put(record.getValue().cid(), record.getValue().bytes());
    }
    PackNote note = PackNote.following(PackNote.Kind.COMMIT, before, drops(change));
    Pack pack =
        Pack.of(
            RepoKeys.pack(did, commit.rev()),
            joined ? note.asJoined() : note,
            commit.cid(),
            commit.encode(),
            List.of(change.newNodes(), change.coveringNodes(), records));
    if (pack.bytes().length > MAX_BLOCKS) {
      throw XrpcException.invalidRequest(
          "Too many blocks in one commit: " + pack.bytes().length + " of " + MAX_BLOCKS + " bytes");
    }
    List<Cid> small = new ArrayList<>();
    Map<Cid, Tid> settled = new LinkedHashMap<>();
    change
        .newNodes()
        .forEach(
            (cid, bytes) -> {
              if (bytes.length <= Stored.INLINE) {
                small.add(cid);
              } else {
                settled.put(cid, commit.rev());
              }
            });
    YoungNodes young = before == null ? YoungNodes.NONE : before.young();
    YoungNodes.Aged aged = young.age(change.removedNodes(), commit.rev(), small);
    settled.putAll(aged.settled());
    return new CommitDraft(before, change, commit, pack, aged.young(), settled);
  }

  private static long drops(TreeChange change) {
    return change.ops().stream().filter(op -> op.prev() != null).count();
  }

  /** The head that this commit makes. */
  Head head(RepoState state) {
    return new Head(
        commit.rev().toString(),
        state,
        commit.rev(),
        commit.cid(),
        commit.encode(),
        commit.data(),
        young,
        null);
  }

  /**
   * The tree nodes that settle.
   *
   * @param nodes of the tree before
   */
  List<Write.Put> nodes(Did did, BlockSource nodes) {
    List<Write.Put> puts = new ArrayList<>();
    settled.forEach(
        (cid, rev) -> {
          byte[] bytes = change.newNodes().get(cid);
          puts.add(node(did, rev, cid, bytes == null ? nodes.load(cid) : bytes, pack));
        });
    return puts;
  }

  /** The nodes that had items before and that the tree no longer has. */
  List<Cid> forgotten() {
    YoungNodes without = before == null ? YoungNodes.NONE : before.young();
    return change.removedNodes().stream().filter(cid -> !without.contains(cid)).toList();
  }

  /**
   * The write that settles a tree node. A small one may be stored before the commit is decided on,
   * as its item is the same whoever wrote it; on condition that no later commit has, or the {@link
   * Cleanup} of one before that could take it for replaced. A large one points into the pack, and
   * must go with the commit, lest a node of the current tree be looked for in a pack that was never
   * stored.
   */
  static Write.Put node(Did did, Tid rev, Cid cid, byte[] bytes, Pack pack) {
    Item.Builder item = Item.builder().number("rev", rev.value());
    Condition condition =
        bytes.length <= Stored.INLINE
            ? new Condition.AbsentOrLess("rev", rev.value() + 1)
            : Condition.ALWAYS;
    Item node = Stored.add(item, cid, bytes, pack).build();
    return Write.put(RepoKeys.node(did, cid), node, condition);
  }

  /** Whether a write of the above must go with the commit. */
  static boolean isLarge(Write.Put node) {
    return node.item().text(Stored.PACK).isPresent();
  }

  /** What the network is told, but for the blocks, which are the pack. */
  CommitEvent event(Did did) {
    List<CommitEvent.Op> ops =
        change.ops().stream()
            .map(
                op ->
                    new CommitEvent.Op(
                        op.action().text(), op.path().toString(), op.cid(), op.prev()))
            .toList();
    return new CommitEvent(
        did,
        commit.rev(),
        before == null ? null : before.rev(),
        commit.cid(),
        new byte[0],
        ops,
        before == null ? null : before.root());
  }
}
