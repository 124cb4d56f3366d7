package dev.virga.atproto.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MstWalkTest {
  /** Counts calls and remembers how many blocks were handed out and not yet walked over. */
  private static final class CountingSource implements BlockSource {
    final Map<Cid, byte[]> blocks;
    int calls;
    int loaded;

    CountingSource(Map<Cid, byte[]> blocks) {
      this.blocks = blocks;
    }

    @Override
    public byte[] load(Cid cid) {
      throw new AssertionError("a walk loads in batches");
    }

    @Override
    public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
      calls++;
      loaded += cids.size();
      Map<Cid, byte[]> found = new HashMap<>();
      cids.forEach(cid -> found.put(cid, blocks.get(cid)));
      return found;
    }
  }

  private static List<MstStep> preorder(MstNode node, BlockSource source) {
    List<MstStep> steps = new ArrayList<>();
    steps.add(new MstStep.Node(node.cid(), node.encode()));
    for (int i = 0; i <= node.size(); i++) {
      MstNode child = node.peek(i, source);
      if (child != null) {
        steps.addAll(preorder(child, source));
      }
      if (i < node.size()) {
        steps.add(new MstStep.Record(node.key(i), node.value(i)));
      }
    }
    return steps;
  }

  private static List<Object> comparable(Iterator<MstStep> steps) {
    List<Object> list = new ArrayList<>();
    steps.forEachRemaining(
        step -> {
          switch (step) {
            case MstStep.Node(Cid cid, byte[] bytes) -> {
              assertThat(cid.addresses(bytes)).isTrue();
              list.add(cid);
            }
            case MstStep.Record record -> list.add(record);
          }
        });
    return list;
  }

  @Test
  void walksInPreOrderFromMemoryAndFromBlocks() {
    Mst tree = Trees.of(Trees.model(new SplittableRandom(1), 3_000));
    List<Object> expected = comparable(preorder(tree.top(), tree.source()).iterator());
    assertThat(comparable(tree.walk())).isEqualTo(expected);
    assertThat(comparable(Trees.reloaded(tree).walk())).isEqualTo(expected);
    Mst mixed = Trees.reloaded(tree);
    assertThat(mixed.get("com.example.x/none")).isEmpty();
    assertThat(comparable(mixed.walk())).isEqualTo(expected);
  }

  @Test
  void readsInFullBatchesEachNodeOnceAndHoldsFew() {
    Mst tree = Trees.of(Trees.model(new SplittableRandom(2), 20_000));
    CountingSource source = new CountingSource(Trees.blocks(tree));
    int nodes = source.blocks.size();
    int walked = 0;
    int held = 0;
    MstWalk walk = Mst.load(tree.root(), source).walk();
    while (walk.hasNext()) {
      if (walk.next() instanceof MstStep.Node) {
        walked++;
        held = Math.max(held, source.loaded - walked);
      }
    }
    assertThat(walked).isEqualTo(nodes);
    assertThat(source.loaded).isEqualTo(nodes);
    assertThat(source.calls).isLessThan(nodes / 100 * 2);
    assertThat(held).isLessThan(1_000);
  }

  @Test
  void anEmptyTreeIsOneNode() {
    assertThat(comparable(Mst.empty().walk())).containsExactly(Mst.empty().root());
    assertThat(comparable(Mst.load(Mst.empty().root(), BlockSource.none()).walk()))
        .containsExactly(Mst.empty().root());
  }

  @Test
  void endsWithAnException() {
    MstWalk walk = Mst.empty().walk();
    walk.next();
    assertThat(walk.hasNext()).isFalse();
    assertThatThrownBy(walk::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aMissingNodeIsNamedWhenItIsDue() {
    Mst tree = Trees.of(Interop.lines("mst/example_keys.txt"));
    for (Cid missing : Trees.blocks(tree).keySet()) {
      Map<Cid, byte[]> partial = new HashMap<>(Trees.blocks(tree));
      partial.remove(missing);
      BlockSource tolerant =
          new BlockSource() {
            @Override
            public byte[] load(Cid cid) {
              throw new AssertionError("a walk loads in batches");
            }

            @Override
            public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
              Map<Cid, byte[]> found = new HashMap<>(partial);
              found.keySet().retainAll(new HashSet<>(cids));
              return found;
            }
          };
      assertThatThrownBy(() -> comparable(Mst.load(tree.root(), tolerant).walk()))
          .isInstanceOfSatisfying(
              MissingBlockException.class, e -> assertThat(e.cid()).isEqualTo(missing));
      assertThatThrownBy(() -> comparable(Mst.load(tree.root(), BlockSource.of(partial)).walk()))
          .isInstanceOf(MissingBlockException.class);
    }
  }

  @Test
  void recordsComeInTheOrderOfTheirPaths() {
    NavigableMap<String, Cid> model = Trees.model(new SplittableRandom(9), 1_000);
    Set<String> keys = new LinkedHashSet<>();
    Trees.reloaded(Trees.of(model))
        .walk()
        .forEachRemaining(
            step -> {
              if (step instanceof MstStep.Record(String key, Cid cid)) {
                assertThat(cid).isEqualTo(model.get(key));
                keys.add(key);
              }
            });
    assertThat(keys).containsExactlyElementsOf(model.keySet());
  }
}
