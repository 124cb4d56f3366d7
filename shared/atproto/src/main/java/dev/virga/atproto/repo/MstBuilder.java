package dev.virga.atproto.repo;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds a Merkle search tree from sorted entries in one pass.
 *
 * <p>With a sink, nodes are handed over as they are completed (children before parents) and
 * forgotten, so that a tree of any size is built in the memory of its right edge.
 */
public final class MstBuilder {
  /** The open node of one layer on the right edge, and the completed subtree after its last key. */
  private static final class OpenNode {
    final int layer;
    final List<String> keys = new ArrayList<>();
    final List<Cid> values = new ArrayList<>();
    final List<@Nullable Subtree> subtrees = new ArrayList<>();
    @Nullable Subtree last;

    OpenNode(int layer) {
      this.layer = layer;
    }

    void add(String key, Cid value) {
      subtrees.add(last);
      keys.add(key);
      values.add(value);
      last = null;
    }

    @Nullable MstNode close() {
      if (keys.isEmpty() && last == null) {
        return null;
      }
      subtrees.add(last);
      MstNode node =
          new MstNode(
              layer,
              keys.toArray(String[]::new),
              values.toArray(Cid[]::new),
              subtrees.toArray(new Subtree[0]));
      keys.clear();
      values.clear();
      subtrees.clear();
      last = null;
      return node;
    }
  }

  private final @Nullable Consumer<Block> sink;
  private final List<OpenNode> open = new ArrayList<>();
  private String previous = "";

  private MstBuilder(@Nullable Consumer<Block> sink) {
    this.sink = sink;
  }

  /** A builder that keeps the tree in memory. */
  public static MstBuilder inMemory() {
    return new MstBuilder(null);
  }

  /** A builder that hands every node's block to a sink, the root's last. */
  public static MstBuilder to(Consumer<Block> sink) {
    return new MstBuilder(sink);
  }

  /**
   * Appends an entry.
   *
   * @throws DataException if the key is malformed or not greater than the one before
   */
  public void add(String key, Cid value) {
    MstKey.check(key);
    if (key.compareTo(previous) <= 0) {
      throw new DataException("keys out of order: " + key);
    }
    previous = key;
    int height = MstKey.height(key);
    while (open.size() <= height) {
      open.add(new OpenNode(open.size()));
    }
    closeBelow(height);
    open.get(height).add(key, value);
  }

  private void closeBelow(int height) {
    for (int layer = 0; layer < height; layer++) {
      MstNode node = open.get(layer).close();
      if (node != null) {
        open.get(layer + 1).last = completed(node);
      }
    }
  }

  private Subtree completed(MstNode node) {
    if (sink == null) {
      return node;
    }
    byte[] bytes = node.encode();
    Cid cid = Cid.ofDagCbor(bytes);
    sink.accept(new Block(cid, bytes));
    return Subtree.Link.toRoot(cid);
  }

  /** Completes the tree and returns its root; the builder is spent. */
  Subtree finish() {
    int top = open.size() - 1;
    if (top < 0) {
      return sink == null ? MstNode.EMPTY : completed(MstNode.EMPTY);
    }
    closeBelow(top);
    MstNode root = open.get(top).close();
    return completed(root == null ? MstNode.EMPTY : root);
  }

  /** Completes the tree and returns its root's CID; the builder is spent. */
  public Cid root() {
    return finish().cid();
  }
}
