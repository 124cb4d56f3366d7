package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the nodes of a tree that prove something about some keys. Nodes loaded for it are
 * remembered in the tree, since the next commit tends to need the same.
 */
final class TreeProof {
  private final Mst tree;
  private final Map<Cid, byte[]> encoded;
  private final Map<Cid, byte[]> blocks = new LinkedHashMap<>();

  /**
   * @param encoded blocks of the tree that have been encoded already
   */
  TreeProof(Mst tree, Map<Cid, byte[]> encoded) {
    this.tree = tree;
    this.encoded = encoded;
  }

  /** The nodes so far, in the order in which they were met. */
  Map<Cid, byte[]> blocks() {
    return blocks;
  }

  /** Adds the root, without which a commit that changes nothing would prove nothing. */
  void addRoot() {
    add(tree.top());
  }

  /** Adds the nodes on the way to a key, or to the gap where it would be. */
  void addPath(String key) {
    descend(key);
  }

  /**
   * Adds also the nodes towards the key's left and right neighbours. For a key that is absent these
   * are on its way already; for one that is present they are the inner edges of the subtrees beside
   * it, which are merged when it is taken out.
   */
  void addCovering(String key) {
    MstNode node = descend(key);
    if (node != null) {
      int index = node.find(key);
      MstNode left = node.child(index, tree.source());
      while (left != null) {
        add(left);
        left = left.child(left.size(), tree.source());
      }
      MstNode right = node.child(index + 1, tree.source());
      while (right != null) {
        add(right);
        right = right.child(0, tree.source());
      }
    }
  }

  /** Returns the node that holds the key, or null if none does. */
  private @Nullable MstNode descend(String key) {
    MstNode node = tree.top();
    while (node != null) {
      add(node);
      int found = node.find(key);
      if (found >= 0) {
        return node;
      }
      node = node.child(-found - 1, tree.source());
    }
    return null;
  }

  private void add(MstNode node) {
    Cid cid = node.cid();
    if (!blocks.containsKey(cid)) {
      byte[] bytes = encoded.get(cid);
      blocks.put(cid, bytes != null ? bytes : node.encode());
    }
  }
}
