package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * A Merkle search tree: the map from {@code collection/rkey} to record CIDs that a commit signs.
 *
 * <p>Immutable and persistent: an edit returns another tree which shares all untouched nodes, and
 * one that changes nothing returns the same tree. Nodes are loaded when needed and hashed when
 * asked for; threads may share a tree. Any operation can throw {@link MissingBlockException} if the
 * source lacks a node, and {@link DataException} if a node is not what a well-formed tree has at
 * that place.
 *
 * <p>Source: atproto.com/specs/repository, "MST structure".
 */
public final class Mst {
  private final BlockSource source;
  private volatile Subtree root;

  Mst(Subtree root, BlockSource source) {
    this.root = root;
    this.source = source;
  }

  /** The tree without entries. */
  public static Mst empty() {
    return new Mst(MstNode.EMPTY, BlockSource.none());
  }

  /** The tree with that root; nothing is loaded yet. */
  public static Mst load(Cid root, BlockSource source) {
    return new Mst(Subtree.Link.toRoot(root), source);
  }

  /**
   * Builds a tree in memory. For trees that are stored and not kept, see {@link MstBuilder}.
   *
   * @param sorted entries in ascending order of keys
   * @throws DataException if a key is malformed or out of order
   */
  public static Mst build(Iterator<MstEntry> sorted) {
    MstBuilder builder = MstBuilder.inMemory();
    while (sorted.hasNext()) {
      MstEntry entry = sorted.next();
      builder.add(entry.key(), entry.value());
    }
    return new Mst(builder.finish(), BlockSource.none());
  }

  /** The CID of the root node, a commit's {@code data}. */
  public Cid root() {
    return root.cid();
  }

  public boolean isEmpty() {
    return top().isEmpty();
  }

  /** The record CID at a key. */
  public Optional<Cid> get(String key) {
    MstNode node = top();
    while (node != null) {
      int found = node.find(key);
      if (found >= 0) {
        return Optional.of(node.value(found));
      }
      node = node.child(-found - 1, source);
    }
    return Optional.empty();
  }

  /**
   * Adds an entry.
   *
   * @throws WriteConflictException if the key is present
   * @throws DataException if the key is malformed
   */
  public Mst insert(String key, Cid value) {
    int height = MstKey.height(MstKey.check(key));
    MstNode before = top();
    return with(
        before.isEmpty()
            ? MstNode.of(height, key, value, null, null)
            : new MstEdit(source).insert(before, key, height, value));
  }

  /**
   * Replaces an entry's value.
   *
   * @throws WriteConflictException if the key is absent
   */
  public Mst update(String key, Cid value) {
    return with(new MstEdit(source).update(top(), key, value));
  }

  /**
   * Removes an entry.
   *
   * @throws WriteConflictException if the key is absent
   */
  public Mst delete(String key) {
    MstEdit edit = new MstEdit(source);
    return with(edit.trim(edit.delete(top(), key)));
  }

  /** Adds an entry or replaces its value. */
  public Mst put(String key, Cid value) {
    return get(key).isPresent() ? update(key, value) : insert(key, value);
  }

  private Mst with(MstNode changed) {
    return changed == root ? this : new Mst(changed, source);
  }

  /** All entries in key order; nodes loaded on the way are not kept. */
  public Iterator<MstEntry> entries() {
    return entriesFrom("");
  }

  /** The entries from a key on (inclusive), in key order. */
  public Iterator<MstEntry> entriesFrom(String key) {
    return new MstEntries(top(), source, key);
  }

  /** Passes all entries in key order. */
  public void forEach(BiConsumer<String, Cid> action) {
    entries().forEachRemaining(entry -> action.accept(entry.key(), entry.value()));
  }

  /**
   * The nodes on the way to a key, root first: they prove what record it has, or that it has none,
   * to whoever trusts the root.
   */
  public Map<Cid, byte[]> proof(String key) {
    TreeProof proof = new TreeProof(this, Map.of());
    proof.addPath(key);
    return proof.blocks();
  }

  /**
   * The nodes that {@link Inversion} needs to undo changes to some keys: for each the way to it,
   * and the ways to its neighbours.
   */
  public Map<Cid, byte[]> coveringProof(Iterable<String> keys) {
    TreeProof proof = new TreeProof(this, Map.of());
    keys.forEach(proof::addCovering);
    return proof.blocks();
  }

  /** Walks over all nodes and entries for an export; see {@link MstWalk}. */
  public MstWalk walk() {
    return walk(node -> true);
  }

  /**
   * A walk that leaves out some nodes with everything below them.
   *
   * @param wanted asked once for each node that is reached, after it was loaded
   */
  public MstWalk walk(Predicate<Cid> wanted) {
    return new MstWalk(this, wanted);
  }

  /** The root node, loaded and remembered. */
  MstNode top() {
    return switch (root) {
      case MstNode node -> node;
      case Subtree.Link link -> {
        MstNode loaded = link.load(source);
        root = loaded;
        yield loaded;
      }
    };
  }

  /** The root, loaded or not. */
  Subtree rootSubtree() {
    return root;
  }

  BlockSource source() {
    return source;
  }

  /** Computes all CIDs not known yet, and keeps the blocks that this takes. */
  void hashInto(Map<Cid, byte[]> blocks) {
    if (root instanceof MstNode node) {
      node.hashInto(blocks);
    }
  }

  @Override
  public String toString() {
    return "Mst[" + root() + "]";
  }
}
