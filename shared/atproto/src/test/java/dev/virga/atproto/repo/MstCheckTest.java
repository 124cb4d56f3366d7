package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Trees.RECORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.MstCheck.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The heights of the keys here are the digit in their name. */
class MstCheckTest {
  private static final Limits LIMITS = new Limits(10_000, 10_000);

  private final Map<Cid, byte[]> blocks = new HashMap<>();

  private MstCheck.Size check(Cid root, Limits limits) {
    return MstCheck.verify(root, BlockSource.of(blocks), limits, step -> {});
  }

  /** Stores a node, however malformed as a tree. */
  private Subtree store(int layer, List<String> keys, @Nullable Subtree... subtrees) {
    Cid[] values = new Cid[keys.size()];
    Arrays.fill(values, RECORD);
    MstNode node = new MstNode(layer, keys.toArray(String[]::new), values, subtrees);
    blocks.put(node.cid(), node.encode());
    return Subtree.Link.toRoot(node.cid());
  }

  @Test
  void countsAWellFormedTree() {
    NavigableMap<String, Cid> model = Trees.model(new SplittableRandom(1), 2_000);
    Mst tree = Trees.of(model);
    blocks.putAll(Trees.blocks(tree));
    List<String> keys = new ArrayList<>();
    MstCheck.Size size =
        MstCheck.verify(
            tree.root(),
            BlockSource.of(blocks),
            LIMITS,
            step -> {
              if (step instanceof MstStep.Record record) {
                keys.add(record.key());
              }
            });
    assertThat(size.records()).isEqualTo(2_000);
    assertThat(size.nodes()).isEqualTo(blocks.size());
    assertThat(size.nodeBytes())
        .isEqualTo(blocks.values().stream().mapToLong(bytes -> bytes.length).sum());
    assertThat(keys).containsExactlyElementsOf(model.keySet());
  }

  @Test
  void countsTheEmptyTree() {
    assertThat(check(Mst.empty().root(), LIMITS)).isEqualTo(new MstCheck.Size(1, 0, 7));
  }

  @Test
  void refusesMoreThanTheLimits() {
    Mst tree = Trees.of(Interop.lines("mst/example_keys.txt"));
    blocks.putAll(Trees.blocks(tree));
    assertThat(check(tree.root(), new Limits(blocks.size(), 156)).records()).isEqualTo(156);
    assertThatThrownBy(() -> check(tree.root(), new Limits(blocks.size() - 1, 156)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("nodes");
    assertThatThrownBy(() -> check(tree.root(), new Limits(blocks.size(), 155)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("records");
  }

  @Test
  void refusesAMissingNode() {
    Mst tree = Trees.of(Interop.lines("mst/example_keys.txt"));
    for (Cid missing : Trees.blocks(tree).keySet()) {
      blocks.clear();
      blocks.putAll(Trees.blocks(tree));
      blocks.remove(missing);
      assertThatThrownBy(() -> check(tree.root(), LIMITS))
          .isInstanceOf(MissingBlockException.class);
    }
  }

  @Test
  void refusesABlockWithAnotherHash() {
    Mst tree = Trees.of(List.of("A0/374913"));
    blocks.put(tree.root(), Trees.of(List.of("C0/451630")).top().encode());
    assertThatThrownBy(() -> check(tree.root(), LIMITS)).hasMessageContaining("hash");
  }

  @Test
  void refusesASubtreeUsedTwice() {
    Subtree leaf = store(0, List.of("C0/451630"), null, null);
    Cid before = store(1, List.of("B1/986427", "F1/085263"), leaf, leaf, null).cid();
    assertThatThrownBy(() -> check(before, LIMITS)).hasMessageContaining("order");
    Cid between = store(1, List.of("B1/986427", "F1/085263"), null, leaf, leaf).cid();
    assertThatThrownBy(() -> check(between, LIMITS)).hasMessageContaining("order");
  }

  @Test
  void refusesDoublingWithoutKeysBeforeItGrows() {
    // Each layer links twice to the one below: 2^n paths if nobody noticed.
    Subtree below = store(0, List.of("C0/451630"), null, null);
    below = store(1, List.of("B1/986427"), below, below);
    below = store(2, List.of("A2/827942"), below, below);
    Cid root = store(3, List.of("A3/578971"), below, below).cid();
    assertThatThrownBy(() -> check(root, LIMITS)).isInstanceOf(DataException.class);
  }

  @Test
  void refusesAnOrderBrokenAcrossANodeWithoutKeys() {
    Subtree leaf = store(0, List.of("E0/670489"), null, null);
    Subtree bare = store(1, List.of(), leaf);
    Cid left = store(2, List.of("D2/269196"), bare, null).cid();
    assertThatThrownBy(() -> check(left, LIMITS)).hasMessageContaining("order");
    Cid right = store(2, List.of("D2/269196"), null, bare).cid();
    assertThat(check(right, LIMITS).nodes()).isEqualTo(3);
  }

  @Test
  void refusesASkippedLayer() {
    Subtree leaf = store(0, List.of("E0/670489"), null, null);
    Cid root = store(2, List.of("D2/269196"), null, leaf).cid();
    assertThatThrownBy(() -> check(root, LIMITS)).hasMessageContaining("layer");
  }

  @Test
  void refusesARootThatWasNotTrimmed() {
    Subtree leaf = store(0, List.of("E0/670489"), null, null);
    Cid root = store(1, List.of(), leaf).cid();
    assertThatThrownBy(() -> check(root, LIMITS)).hasMessageContaining("root without keys");
  }

  @Test
  void refusesEmptyNodesInside() {
    Subtree empty = store(0, List.of(), new Subtree[] {null});
    Cid root = store(1, List.of("B1/986427"), empty, null).cid();
    assertThatThrownBy(() -> check(root, LIMITS)).hasMessageContaining("empty");
  }

  @Test
  void pointOperationsRefuseTheSameTrees() {
    Subtree leaf = store(0, List.of("C0/451630"), null, null);
    Cid root = store(1, List.of("B1/986427", "F1/085263"), leaf, null, null).cid();
    Mst tree = Mst.load(root, BlockSource.of(blocks));
    assertThatThrownBy(() -> tree.get("A0/374913")).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> tree.insert("A0/374913", RECORD)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> tree.delete("B1/986427")).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> tree.entries().next()).isInstanceOf(DataException.class);
    assertThat(tree.get("F1/085263")).contains(RECORD);
  }
}
