package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a batch of writes does to a repository's tree: the middle of a commit, between reading the
 * head and signing.
 *
 * <p>Source: atproto.com/specs/sync, "Commit messages" and "MST inversion".
 */
public final class TreeChange {
  /** Operations in one commit at most, a limit of the firehose. */
  public static final int MAX_OPS = 200;

  private final Mst after;
  private final List<RepoOp> ops;
  private final Map<Cid, byte[]> newNodes;
  private final Set<Cid> removedNodes;
  private final Map<Cid, byte[]> coveringNodes;

  private TreeChange(Mst after, List<RepoOp> ops, MstDiff nodes, Map<Cid, byte[]> coveringNodes) {
    this.after = after;
    this.ops = Collections.unmodifiableList(ops);
    this.newNodes = nodes.newNodes();
    this.removedNodes = nodes.removedNodes();
    this.coveringNodes = Collections.unmodifiableMap(coveringNodes);
  }

  /**
   * Applies writes in order; several to one path are allowed if each fits what the one before left.
   *
   * @throws WriteConflictException if a write creates a record that exists, or updates or deletes
   *     one that does not
   * @throws IllegalArgumentException if there are more than {@value #MAX_OPS} writes
   */
  public static TreeChange apply(Mst before, List<? extends RecordWrite> writes) {
    if (writes.size() > MAX_OPS) {
      throw new IllegalArgumentException("more than " + MAX_OPS + " writes in a commit");
    }
    // From here on, a node without a CID is one that these writes have made.
    before.root();
    Map<RepoPath, Optional<Cid>> originals = new LinkedHashMap<>();
    Mst tree = before;
    for (RecordWrite write : writes) {
      String key = write.path().toString();
      if (!originals.containsKey(write.path())) {
        originals.put(write.path(), before.get(key));
      }
      tree =
          switch (write) {
            case RecordWrite.Create create -> tree.insert(key, create.cid());
            case RecordWrite.Update update -> tree.update(key, update.cid());
            case RecordWrite.Delete delete -> tree.delete(key);
          };
    }
    return of(before, tree, originals);
  }

  private static TreeChange of(Mst before, Mst after, Map<RepoPath, Optional<Cid>> originals) {
    Map<Cid, byte[]> encoded = new HashMap<>();
    after.hashInto(encoded);
    MstDiff nodes = MstDiff.between(before, after, encoded);
    TreeProof proof = new TreeProof(after, encoded);
    List<RepoOp> ops = new ArrayList<>(originals.size());
    originals.forEach(
        (path, original) -> {
          String key = path.toString();
          RepoOp op = op(path, original.orElse(null), after.get(key).orElse(null));
          if (op != null) {
            ops.add(op);
            proof.addCovering(key);
          }
        });
    if (ops.isEmpty()) {
      proof.addRoot();
    }
    Map<Cid, byte[]> covering = proof.blocks();
    nodes.newNodes().forEach(covering::putIfAbsent);
    return new TreeChange(after, ops, nodes, covering);
  }

  private static @Nullable RepoOp op(RepoPath path, @Nullable Cid before, @Nullable Cid after) {
    if (before == null) {
      return after == null ? null : RepoOp.create(path, after);
    }
    if (after == null) {
      return RepoOp.delete(path, before);
    }
    return after.equals(before) ? null : RepoOp.update(path, after, before);
  }

  /** The tree with the writes applied. */
  public Mst after() {
    return after;
  }

  /**
   * The net effect on each path, in the order in which the writes first touched them. A path whose
   * record is in the end what it was before is left out, as a consumer would refuse it.
   */
  public List<RepoOp> ops() {
    return ops;
  }

  /** Whether nothing is different, and so nothing is to be committed. */
  public boolean isEmpty() {
    return ops.isEmpty();
  }

  /** The blocks of nodes that the tree did not have before. */
  public Map<Cid, byte[]> newNodes() {
    return newNodes;
  }

  /** The nodes that the tree had before and no longer has. */
  public Set<Cid> removedNodes() {
    return removedNodes;
  }

  /**
   * The blocks of all nodes that a {@code #commit} event must hold, so that its operations can be
   * undone (see {@link Inversion}): the new nodes and the covering proofs of the paths. Root first.
   */
  public Map<Cid, byte[]> coveringNodes() {
    return coveringNodes;
  }
}
