package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.function.Consumer;

/**
 * The check of a whole tree from outside, an import or a backup: all nodes are there, are what
 * their CIDs say, and form the one tree that its entries have.
 *
 * <p>A tree that passes has the root that {@link MstBuilder} would give its entries. Whether the
 * keys are valid paths ({@link RepoPath}) is for the caller, step by step.
 */
public final class MstCheck {
  /**
   * What a tree may have at most.
   *
   * @param nodes well-formed trees have about a third as many nodes as records
   */
  public record Limits(long nodes, long records) {}

  /** What the tree has. */
  public record Size(long nodes, long records, long nodeBytes) {}

  private long nodes;
  private long records;
  private long nodeBytes;

  private MstCheck() {}

  /**
   * Walks over the whole tree.
   *
   * @param steps receives every step of the walk as it is found valid
   * @throws MissingBlockException if a node is missing
   * @throws DataException if the tree is not well-formed or exceeds the limits
   */
  public static Size verify(
      Cid root, BlockSource source, Limits limits, Consumer<? super MstStep> steps) {
    MstCheck check = new MstCheck();
    MstWalk walk = Mst.load(root, source).walk();
    while (walk.hasNext()) {
      MstStep step = walk.next();
      check.count(step, limits);
      steps.accept(step);
    }
    return new Size(check.nodes, check.records, check.nodeBytes);
  }

  private void count(MstStep step, Limits limits) {
    switch (step) {
      case MstStep.Node(Cid cid, byte[] bytes) -> {
        if (!cid.addresses(bytes)) {
          throw new DataException("the block of tree node " + cid + " has another hash");
        }
        nodes++;
        nodeBytes += bytes.length;
      }
      case MstStep.Record record -> records++;
    }
    if (nodes > limits.nodes) {
      throw new DataException("a tree of more than " + limits.nodes + " nodes");
    }
    if (records > limits.records) {
      throw new DataException("a tree of more than " + limits.records + " records");
    }
  }
}
