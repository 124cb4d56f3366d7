package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The difference between two trees, in nodes and in records; subtrees that are the same in both are
 * never loaded.
 *
 * <p>The trees are compared layer by layer from the top. A key is in the same layer of both, and no
 * node occurs twice in a tree, so whatever two layers have in common can be dropped with all that
 * is below it, and what is left differs.
 */
public final class MstDiff {
  /** How many nodes are asked for at once. */
  private static final int BATCH = 100;

  private final boolean keepNodes;
  private final Map<Cid, byte[]> encoded;
  private final List<RecordChange> records = new ArrayList<>();
  private final Map<Cid, byte[]> newNodes = new LinkedHashMap<>();
  private final Set<Cid> removedNodes = new LinkedHashSet<>();

  private MstDiff(boolean keepNodes, Map<Cid, byte[]> encoded) {
    this.keepNodes = keepNodes;
    this.encoded = encoded;
  }

  /** The difference, nodes and records. */
  public static MstDiff between(Mst before, Mst after) {
    return between(before, after, Map.of());
  }

  /** Likewise, given blocks of the tree after that have been encoded already. */
  static MstDiff between(Mst before, Mst after, Map<Cid, byte[]> encoded) {
    MstDiff diff = new MstDiff(true, encoded);
    diff.compare(before, after);
    return diff;
  }

  /** The records that differ, sorted by key, without keeping nodes: for large differences. */
  public static List<RecordChange> records(Mst before, Mst after) {
    MstDiff diff = new MstDiff(false, Map.of());
    diff.compare(before, after);
    return diff.records();
  }

  /** What became of which key, sorted by key. */
  public List<RecordChange> records() {
    return Collections.unmodifiableList(records);
  }

  /** The nodes of the tree after that the tree before does not have, from the top layer down. */
  public Map<Cid, byte[]> newNodes() {
    return Collections.unmodifiableMap(newNodes);
  }

  /** The nodes of the tree before that the tree after does not have, from the top layer down. */
  public Set<Cid> removedNodes() {
    return Collections.unmodifiableSet(removedNodes);
  }

  private void compare(Mst before, Mst after) {
    if (before.root().equals(after.root())) {
      return;
    }
    int oldTop = before.top().layer();
    int newTop = after.top().layer();
    List<Subtree> old = List.of();
    List<Subtree> now = List.of();
    for (int layer = Math.max(oldTop, newTop); layer >= 0; layer--) {
      if (layer == oldTop) {
        old = List.of(before.top());
      }
      if (layer == newTop) {
        now = List.of(after.top());
      }
      Layer oldLayer = new Layer(before.source(), without(old, now));
      Layer newLayer = new Layer(after.source(), without(now, old));
      oldLayer.open((cid, node) -> removedNodes.add(cid));
      newLayer.open(this::keepNew);
      compareEntries(oldLayer.entries, newLayer.entries);
      old = oldLayer.below;
      now = newLayer.below;
    }
    records.sort(Comparator.comparing(RecordChange::key));
  }

  private void keepNew(Cid cid, MstNode node) {
    if (keepNodes) {
      byte[] bytes = encoded.get(cid);
      newNodes.put(cid, bytes != null ? bytes : node.encode());
    }
  }

  private static List<Subtree> without(List<Subtree> subtrees, List<Subtree> others) {
    if (others.isEmpty()) {
      return subtrees;
    }
    Set<Cid> common = HashSet.newHashSet(others.size());
    others.forEach(other -> common.add(other.cid()));
    return subtrees.stream().filter(subtree -> !common.contains(subtree.cid())).toList();
  }

  /** Merges two sorted lists of entries. */
  private void compareEntries(List<MstEntry> old, List<MstEntry> now) {
    int i = 0;
    int j = 0;
    while (i < old.size() || j < now.size()) {
      int order =
          i == old.size() ? 1 : j == now.size() ? -1 : old.get(i).key().compareTo(now.get(j).key());
      MstEntry before = order <= 0 ? old.get(i++) : null;
      MstEntry after = order >= 0 ? now.get(j++) : null;
      compareEntry(before, after);
    }
  }

  private void compareEntry(@Nullable MstEntry before, @Nullable MstEntry after) {
    if (before == null) {
      if (after != null) {
        records.add(new RecordChange(after.key(), null, after.value()));
      }
    } else if (after == null) {
      records.add(new RecordChange(before.key(), before.value(), null));
    } else if (!before.value().equals(after.value())) {
      records.add(new RecordChange(before.key(), before.value(), after.value()));
    }
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(Cid cid, MstNode node);
  }

  /** The differing nodes of one layer of one tree; opened, their entries and what is below. */
  private static final class Layer {
    final BlockSource source;
    final List<Subtree> subtrees;
    final List<MstEntry> entries = new ArrayList<>();
    final List<Subtree> below = new ArrayList<>();

    Layer(BlockSource source, List<Subtree> subtrees) {
      this.source = source;
      this.subtrees = subtrees;
    }

    void open(Visitor visitor) {
      for (int from = 0; from < subtrees.size(); from += BATCH) {
        List<Subtree> batch = subtrees.subList(from, Math.min(from + BATCH, subtrees.size()));
        Map<Cid, byte[]> blocks = load(batch);
        for (Subtree subtree : batch) {
          MstNode node = node(subtree, blocks);
          visitor.visit(subtree.cid(), node);
          spread(node);
        }
      }
    }

    private Map<Cid, byte[]> load(List<Subtree> batch) {
      List<Cid> cids =
          batch.stream()
              .filter(subtree -> subtree instanceof Subtree.Link)
              .map(Subtree::cid)
              .toList();
      return cids.isEmpty() ? Map.of() : source.loadAll(cids);
    }

    private MstNode node(Subtree subtree, Map<Cid, byte[]> blocks) {
      return switch (subtree) {
        case MstNode node -> node;
        case Subtree.Link link -> link.decode(blocks, source.isTrusted());
      };
    }

    private void spread(MstNode node) {
      for (int i = 0; i <= node.size(); i++) {
        Subtree subtree = node.subtree(i);
        if (subtree != null) {
          below.add(subtree);
        }
        if (i < node.size()) {
          entries.add(new MstEntry(node.key(i), node.value(i)));
        }
      }
    }
  }
}
