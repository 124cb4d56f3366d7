package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Trees.RECORD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MstDiffTest {
  @Test
  void equalTreesDoNotDifferAndAreNotLoaded() {
    Cid root = Trees.of(List.of("a/b")).root();
    MstDiff diff =
        MstDiff.between(Mst.load(root, BlockSource.none()), Mst.load(root, BlockSource.none()));
    assertThat(diff.records()).isEmpty();
    assertThat(diff.newNodes()).isEmpty();
    assertThat(diff.removedNodes()).isEmpty();
  }

  @Test
  void anEmptyTreeLosesItsNodeAndGetsItBack() {
    Mst one = Trees.of(List.of("a/b"));
    MstDiff filled = MstDiff.between(Mst.empty(), one);
    assertThat(filled.records()).containsExactly(new RecordChange("a/b", null, RECORD));
    assertThat(filled.newNodes()).containsOnlyKeys(one.root());
    assertThat(filled.removedNodes()).containsExactly(Mst.empty().root());
    MstDiff emptied = MstDiff.between(one, Mst.empty());
    assertThat(emptied.records()).containsExactly(new RecordChange("a/b", RECORD, null));
    assertThat(emptied.newNodes()).containsOnlyKeys(Mst.empty().root());
    assertThat(emptied.removedNodes()).containsExactly(one.root());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsExactlyWhatDiffers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NavigableMap<String, Cid> before = Trees.model(random, random.nextInt(1, 3_000));
    NavigableMap<String, Cid> after = new TreeMap<>(before);
    int changes = random.nextInt(1, 400);
    for (int i = 0; i < changes; i++) {
      String near = before.ceilingKey(Trees.key(random, 40_000));
      switch (random.nextInt(3)) {
        case 0 -> after.put(Trees.key(random, 40_000), Trees.record(random));
        case 1 -> after.remove(near == null ? before.firstKey() : near);
        default -> after.put(near == null ? before.firstKey() : near, Trees.record(random));
      }
    }
    Mst old = Trees.reloaded(Trees.of(before));
    Mst now = Trees.reloaded(Trees.of(after));
    MstDiff diff = MstDiff.between(old, now);

    assertThat(diff.records()).as("seed %d", seed).isEqualTo(expected(before, after));
    assertThat(MstDiff.records(old, now)).isEqualTo(diff.records());
    Map<Cid, byte[]> oldBlocks = Trees.blocks(old);
    Map<Cid, byte[]> newBlocks = new HashMap<>(Trees.blocks(now));
    Set<Cid> removed = new HashSet<>(oldBlocks.keySet());
    removed.removeAll(newBlocks.keySet());
    newBlocks.keySet().removeAll(oldBlocks.keySet());
    assertThat(diff.removedNodes()).as("seed %d", seed).isEqualTo(removed);
    assertThat(diff.newNodes().keySet()).as("seed %d", seed).isEqualTo(newBlocks.keySet());
    assertThat(diff.newNodes())
        .allSatisfy((cid, bytes) -> assertThat(cid.addresses(bytes)).isTrue());
  }

  private static List<RecordChange> expected(Map<String, Cid> before, Map<String, Cid> after) {
    Set<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<RecordChange> changes = new ArrayList<>();
    for (String key : keys) {
      RecordChange change = new RecordChange(key, before.get(key), after.get(key));
      if (!Objects.equals(change.before(), change.after())) {
        changes.add(change);
      }
    }
    return changes;
  }

  @Test
  void aSmallDifferenceInALargeTreeLoadsOnlyAPath() {
    NavigableMap<String, Cid> model = Trees.model(new SplittableRandom(3), 20_000);
    Mst before = Trees.of(model);
    Map<Cid, byte[]> blocks = Trees.blocks(before);
    Mst after = before.insert("app.bsky.feed.post/3lzzzzzzzzzzz", RECORD);
    Trees.blocks(after).forEach(blocks::putIfAbsent);
    Set<Cid> loaded = new HashSet<>();
    BlockSource counting =
        cid -> {
          loaded.add(cid);
          return BlockSource.of(blocks).load(cid);
        };
    assertThat(MstDiff.records(Mst.load(before.root(), counting), Mst.load(after.root(), counting)))
        .hasSize(1);
    assertThat(loaded).hasSizeLessThan(30);
  }
}
