package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The check that consumers of the firehose make of every commit: undoing its operations on the new
 * tree, of which only the covering nodes are known, gives the tree before.
 *
 * <p>Source: atproto.com/specs/sync, "MST inversion".
 */
public final class Inversion {
  private Inversion() {}

  /**
   * Undoes operations.
   *
   * @param after the tree after the commit; its source need only hold the covering nodes
   * @return the root of the tree before the commit
   * @throws DataException if an operation does not describe what the tree holds
   * @throws MissingBlockException if a node that is needed is not covered
   */
  public static Cid undo(Mst after, List<RepoOp> ops) {
    Set<RepoPath> seen = HashSet.newHashSet(ops.size());
    Mst tree = after;
    for (RepoOp op : ops) {
      if (!seen.add(op.path())) {
        throw new DataException("two operations on " + op.path());
      }
      tree = undo(tree, op);
    }
    return tree.root();
  }

  private static Mst undo(Mst tree, RepoOp op) {
    String key = op.path().toString();
    Cid current = tree.get(key).orElse(null);
    if (!Objects.equals(current, op.cid())) {
      throw new DataException("the tree does not hold what the operation says at " + key);
    }
    if (op.prev() == null) {
      return tree.delete(key);
    }
    return current == null ? tree.insert(key, op.prev()) : tree.update(key, op.prev());
  }

  /**
   * Checks that operations lead from one tree to another.
   *
   * @param root the root after the commit
   * @param covering the nodes that came with it
   * @throws DataException if they do not
   * @throws MissingBlockException if a node that is needed is not covered
   */
  public static void verify(Cid root, BlockSource covering, List<RepoOp> ops, Cid prevData) {
    Cid before = undo(Mst.load(root, covering), ops);
    if (!before.equals(prevData)) {
      throw new DataException(
          "the operations undone give the tree " + before + ", not " + prevData);
    }
  }
}
