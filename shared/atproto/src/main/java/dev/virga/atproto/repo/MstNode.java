package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a Merkle search tree in memory: n keys with their values, all of the height of the
 * node's layer, and n + 1 subtrees around them.
 *
 * <p>Immutable but for two memos, the CID and subtrees loaded on the way. Both are written without
 * locks: every value that a racing thread could see is an equal, immutable one.
 */
final class MstNode implements Subtree {
  static final MstNode EMPTY = empty();

  private final int layer;
  private final String[] keys;
  private final Cid[] values;
  private final @Nullable Subtree[] subtrees;
  private @Nullable Cid cid;

  MstNode(int layer, String[] keys, Cid[] values, @Nullable Subtree[] subtrees) {
    this(layer, keys, values, subtrees, null);
  }

  MstNode(int layer, String[] keys, Cid[] values, @Nullable Subtree[] subtrees, @Nullable Cid cid) {
    this.layer = layer;
    this.keys = keys;
    this.values = values;
    this.subtrees = subtrees;
    this.cid = cid;
  }

  private static MstNode empty() {
    MstNode node = new MstNode(0, new String[0], new Cid[0], new @Nullable Subtree[1]);
    node.cid();
    return node;
  }

  /** A node that holds nothing but one subtree. */
  static MstNode above(MstNode child) {
    return new MstNode(child.layer + 1, new String[0], new Cid[0], new Subtree[] {child});
  }

  /** A node that holds one key between two subtrees. */
  static MstNode of(
      int layer, String key, Cid value, @Nullable MstNode left, @Nullable MstNode right) {
    return new MstNode(
        layer, new String[] {key}, new Cid[] {value}, new @Nullable Subtree[] {left, right});
  }

  int layer() {
    return layer;
  }

  /** How many keys the node itself holds. */
  int size() {
    return keys.length;
  }

  String key(int index) {
    return keys[index];
  }

  Cid value(int index) {
    return values[index];
  }

  /** The subtree before key {@code index}, or after the last one; null when there is none. */
  @Nullable Subtree subtree(int index) {
    return subtrees[index];
  }

  /** The subtree, loaded and remembered. */
  @Nullable MstNode child(int index, BlockSource source) {
    Subtree subtree = subtrees[index];
    if (subtree instanceof Link link) {
      MstNode loaded = link.load(source);
      subtrees[index] = loaded;
      return loaded;
    }
    return (MstNode) subtree;
  }

  /** The subtree, loaded but not remembered, for walks over whole trees. */
  @Nullable MstNode peek(int index, BlockSource source) {
    Subtree subtree = subtrees[index];
    return subtree instanceof Link link ? link.load(source) : (MstNode) subtree;
  }

  /** Whether there is neither key nor subtree. */
  boolean isEmpty() {
    return keys.length == 0 && subtrees[0] == null;
  }

  /** The index of a key, or {@code -(i + 1)} where {@code i} is the gap in which it would lie. */
  int find(String key) {
    return Arrays.binarySearch(keys, key);
  }

  MstNode withValue(int index, Cid value) {
    Cid[] changed = values.clone();
    changed[index] = value;
    return new MstNode(layer, keys, changed, subtrees.clone());
  }

  MstNode withSubtree(int index, @Nullable MstNode child) {
    @Nullable Subtree[] changed = subtrees.clone();
    changed[index] = child;
    return new MstNode(layer, keys, values, changed);
  }

  /** Puts a key into gap {@code index}, whose subtree has been split into the two given. */
  MstNode withKey(
      int index, String key, Cid value, @Nullable MstNode left, @Nullable MstNode right) {
    int n = keys.length;
    String[] newKeys = new String[n + 1];
    Cid[] newValues = new Cid[n + 1];
    @Nullable Subtree[] newSubtrees = new @Nullable Subtree[n + 2];
    System.arraycopy(keys, 0, newKeys, 0, index);
    System.arraycopy(keys, index, newKeys, index + 1, n - index);
    newKeys[index] = key;
    System.arraycopy(values, 0, newValues, 0, index);
    System.arraycopy(values, index, newValues, index + 1, n - index);
    newValues[index] = value;
    System.arraycopy(subtrees, 0, newSubtrees, 0, index);
    System.arraycopy(subtrees, index + 1, newSubtrees, index + 2, n - index);
    newSubtrees[index] = left;
    newSubtrees[index + 1] = right;
    return new MstNode(layer, newKeys, newValues, newSubtrees);
  }

  /** Takes key {@code index} out; the subtrees beside it have been merged into the one given. */
  MstNode withoutKey(int index, @Nullable MstNode merged) {
    int n = keys.length;
    String[] newKeys = new String[n - 1];
    Cid[] newValues = new Cid[n - 1];
    @Nullable Subtree[] newSubtrees = new @Nullable Subtree[n];
    System.arraycopy(keys, 0, newKeys, 0, index);
    System.arraycopy(keys, index + 1, newKeys, index, n - index - 1);
    System.arraycopy(values, 0, newValues, 0, index);
    System.arraycopy(values, index + 1, newValues, index, n - index - 1);
    System.arraycopy(subtrees, 0, newSubtrees, 0, index);
    System.arraycopy(subtrees, index + 2, newSubtrees, index + 1, n - index - 1);
    newSubtrees[index] = merged;
    return new MstNode(layer, newKeys, newValues, newSubtrees);
  }

  /** The part before gap {@code index}, ending in the given subtree. */
  MstNode head(int index, @Nullable MstNode last) {
    @Nullable Subtree[] part = Arrays.copyOf(subtrees, index + 1);
    part[index] = last;
    return new MstNode(layer, Arrays.copyOf(keys, index), Arrays.copyOf(values, index), part);
  }

  /** The part after gap {@code index}, beginning with the given subtree. */
  MstNode tail(int index, @Nullable MstNode first) {
    int n = keys.length;
    @Nullable Subtree[] part = Arrays.copyOfRange(subtrees, index, n + 1);
    part[0] = first;
    return new MstNode(
        layer, Arrays.copyOfRange(keys, index, n), Arrays.copyOfRange(values, index, n), part);
  }

  /** This node's keys, then another's of the same layer, with a subtree in the middle. */
  MstNode joined(@Nullable MstNode middle, MstNode right) {
    int n = keys.length;
    int m = right.keys.length;
    String[] newKeys = Arrays.copyOf(keys, n + m);
    System.arraycopy(right.keys, 0, newKeys, n, m);
    Cid[] newValues = Arrays.copyOf(values, n + m);
    System.arraycopy(right.values, 0, newValues, n, m);
    @Nullable Subtree[] newSubtrees = Arrays.copyOf(subtrees, n + m + 1);
    System.arraycopy(right.subtrees, 0, newSubtrees, n, m + 1);
    newSubtrees[n] = middle;
    return new MstNode(layer, newKeys, newValues, newSubtrees);
  }

  @Override
  public Cid cid() {
    Cid known = cid;
    if (known == null) {
      known = Cid.ofDagCbor(encode());
      cid = known;
    }
    return known;
  }

  /** The node's block; CIDs of nodes below that are not known yet are computed. */
  byte[] encode() {
    return new NodeWriter(this).write();
  }

  /** Hashes what has not been hashed yet, and keeps the blocks that this takes. */
  void hashInto(Map<Cid, byte[]> blocks) {
    if (cid != null) {
      return;
    }
    for (Subtree subtree : subtrees) {
      if (subtree instanceof MstNode node) {
        node.hashInto(blocks);
      }
    }
    byte[] bytes = encode();
    Cid hashed = Cid.ofDagCbor(bytes);
    blocks.put(hashed, bytes);
    cid = hashed;
  }
}
