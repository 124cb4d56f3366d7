package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.WriteConflictException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The persistent edits behind {@link Mst}: each returns new nodes for the path that it touches and
 * shares the rest. Recursion is as deep as the tree has layers, at most 129.
 */
record MstEdit(BlockSource source) {
  /** The two parts of a subtree before and after a key. */
  private record Halves(@Nullable MstNode left, @Nullable MstNode right) {
    static final Halves NOTHING = new Halves(null, null);
  }

  MstNode insert(MstNode node, String key, int height, Cid value) {
    if (height > node.layer()) {
      Halves halves = split(node, key);
      MstNode left = raise(halves.left, height - 1);
      return MstNode.of(height, key, value, left, raise(halves.right, height - 1));
    }
    int found = node.find(key);
    if (found >= 0) {
      throw new WriteConflictException(Reason.EXISTS, key);
    }
    int gap = -found - 1;
    MstNode child = node.child(gap, source);
    if (height == node.layer()) {
      Halves halves = split(child, key);
      return node.withKey(gap, key, value, halves.left, halves.right);
    }
    return node.withSubtree(
        gap,
        child == null
            ? raise(MstNode.of(height, key, value, null, null), node.layer() - 1)
            : insert(child, key, height, value));
  }

  MstNode update(MstNode node, String key, Cid value) {
    int found = node.find(key);
    if (found >= 0) {
      return node.value(found).equals(value) ? node : node.withValue(found, value);
    }
    MstNode child = node.child(-found - 1, source);
    if (child == null) {
      throw new WriteConflictException(Reason.MISSING, key);
    }
    MstNode updated = update(child, key, value);
    return updated == child ? node : node.withSubtree(-found - 1, updated);
  }

  /** The node without the key; null when nothing is left. */
  @Nullable MstNode delete(MstNode node, String key) {
    int found = node.find(key);
    MstNode changed;
    if (found >= 0) {
      MstNode left = node.child(found, source);
      changed = node.withoutKey(found, merge(left, node.child(found + 1, source)));
    } else {
      MstNode child = node.child(-found - 1, source);
      if (child == null) {
        throw new WriteConflictException(Reason.MISSING, key);
      }
      changed = node.withSubtree(-found - 1, delete(child, key));
    }
    return changed.isEmpty() ? null : changed;
  }

  /** Removes roots without keys, which a deletion can leave. */
  MstNode trim(@Nullable MstNode root) {
    MstNode top = root;
    while (top != null && top.size() == 0) {
      top = top.child(0, source);
    }
    return top == null ? MstNode.EMPTY : top;
  }

  /** Splits at a key that is not in the subtree; a half that is the whole is the same object. */
  private Halves split(@Nullable MstNode node, String key) {
    if (node == null || node.isEmpty()) {
      return Halves.NOTHING;
    }
    int gap = -node.find(key) - 1;
    MstNode child = node.child(gap, source);
    Halves halves = split(child, key);
    boolean allLeft = gap == node.size() && halves.right == null;
    boolean allRight = gap == 0 && halves.left == null;
    if (allLeft) {
      return new Halves(node, null);
    }
    if (allRight) {
      return new Halves(null, node);
    }
    MstNode left = gap == 0 ? above(halves.left) : node.head(gap, halves.left);
    MstNode right = gap == node.size() ? above(halves.right) : node.tail(gap, halves.right);
    return new Halves(left, right);
  }

  private static @Nullable MstNode above(@Nullable MstNode child) {
    return child == null ? null : MstNode.above(child);
  }

  /** Joins two neighbours of the same layer. */
  private @Nullable MstNode merge(@Nullable MstNode left, @Nullable MstNode right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    MstNode middle = merge(left.child(left.size(), source), right.child(0, source));
    return left.joined(middle, right);
  }

  /** Puts nodes without keys above a subtree until it reaches a layer. */
  private static @Nullable MstNode raise(@Nullable MstNode node, int layer) {
    MstNode top = node;
    while (top != null && top.layer() < layer) {
      top = MstNode.above(top);
    }
    return top;
  }
}
