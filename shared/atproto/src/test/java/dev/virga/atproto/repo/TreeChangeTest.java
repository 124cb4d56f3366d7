package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Trees.RECORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.RecordWrite.Create;
import dev.virga.atproto.repo.RecordWrite.Delete;
import dev.virga.atproto.repo.RecordWrite.Update;
import dev.virga.atproto.repo.WriteConflictException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeChangeTest {
  private static final RepoPath A = RepoPath.parse("com.example.x/a");
  private static final RepoPath B = RepoPath.parse("com.example.x/b");
  private static final Cid OTHER = Trees.record(1);

  private static Mst withA() {
    return Trees.of(List.of(A.toString()));
  }

  @Test
  void operationsTellWhatWasThereBefore() {
    Mst both = withA().insert(B.toString(), OTHER);
    assertThat(TreeChange.apply(withA(), List.of(new Create(B, OTHER))).ops())
        .containsExactly(RepoOp.create(B, OTHER));
    assertThat(TreeChange.apply(both, List.of(new Delete(B), new Update(A, OTHER))).ops())
        .containsExactly(RepoOp.delete(B, OTHER), RepoOp.update(A, OTHER, RECORD));
  }

  @Test
  void writesToOnePathAreOneOperation() {
    assertThat(ops(new Create(B, RECORD), new Update(B, OTHER)))
        .containsExactly(RepoOp.create(B, OTHER));
    assertThat(ops(new Create(B, RECORD), new Delete(B))).isEmpty();
    assertThat(ops(new Delete(A), new Create(A, OTHER)))
        .containsExactly(RepoOp.update(A, OTHER, RECORD));
    assertThat(ops(new Delete(A), new Create(A, RECORD))).isEmpty();
    assertThat(ops(new Update(A, OTHER), new Delete(A))).containsExactly(RepoOp.delete(A, RECORD));
    assertThat(ops(new Update(A, RECORD))).isEmpty();
  }

  private static List<RepoOp> ops(RecordWrite... writes) {
    return TreeChange.apply(withA(), List.of(writes)).ops();
  }

  @Test
  void writesThatCancelOutChangeNothing() {
    TreeChange change = TreeChange.apply(withA(), List.of(new Create(B, RECORD), new Delete(B)));
    assertThat(change.isEmpty()).isTrue();
    assertThat(change.after().root()).isEqualTo(withA().root());
    assertThat(change.newNodes()).isEmpty();
    assertThat(change.removedNodes()).isEmpty();
    assertThat(TreeChange.apply(withA(), List.of()).isEmpty()).isTrue();
  }

  @Test
  void writesThatDoNotFitAreRefusedWithTheirPath() {
    assertThatThrownBy(() -> ops(new Create(A, OTHER)))
        .isInstanceOfSatisfying(
            WriteConflictException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EXISTS);
              assertThat(e.key()).isEqualTo(A.toString());
            });
    assertThatThrownBy(() -> ops(new Update(B, OTHER)))
        .isInstanceOf(WriteConflictException.class)
        .hasMessageContaining(B.toString());
    assertThatThrownBy(() -> ops(new Delete(B)))
        .isInstanceOfSatisfying(
            WriteConflictException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
    assertThatThrownBy(() -> ops(new Delete(A), new Delete(A)))
        .isInstanceOf(WriteConflictException.class);
  }

  @Test
  void tooManyWritesAreRefused() {
    List<RecordWrite> writes = Collections.nCopies(201, new Update(A, RECORD));
    assertThatThrownBy(() -> TreeChange.apply(withA(), writes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomCommitsAreExactAndCanBeUndone(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NavigableMap<String, Cid> model = Trees.model(random, random.nextInt(1, 400));
    Map<Cid, byte[]> store = new HashMap<>(Trees.blocks(Trees.of(model)));
    Mst tree = Mst.load(Trees.of(model).root(), BlockSource.of(store));
    for (int commit = 0; commit < 150; commit++) {
      String where = "seed " + seed + " commit " + commit;
      int size = random.nextInt(4) == 0 ? 200 : random.nextInt(1, 6);
      List<RecordWrite> writes = writes(random, model, size);
      Set<Cid> before = new HashSet<>(Trees.blocks(tree).keySet());
      TreeChange change = TreeChange.apply(tree, writes);

      assertThat(change.after().root()).as(where).isEqualTo(Trees.of(model).root());
      Map<Cid, byte[]> after = Trees.blocks(change.after());
      Set<Cid> added = new HashSet<>(after.keySet());
      added.removeAll(before);
      assertThat(change.newNodes().keySet()).as(where).isEqualTo(added);
      before.removeAll(after.keySet());
      assertThat(change.removedNodes()).as(where).isEqualTo(before);
      assertThat(change.coveringNodes().keySet()).as(where).containsAll(added);
      change
          .coveringNodes()
          .forEach((cid, bytes) -> assertThat(bytes).as(where).isEqualTo(after.get(cid)));
      assertUndone(random, change, tree.root(), where);

      store.putAll(change.newNodes());
      store.keySet().removeAll(change.removedNodes());
      // Sometimes from the store alone, as another process would find the tree.
      tree =
          random.nextBoolean()
              ? change.after()
              : Mst.load(change.after().root(), BlockSource.of(store));
    }
  }

  private static void assertUndone(
      SplittableRandom random, TreeChange change, Cid prevData, String where) {
    BlockSource covering = BlockSource.of(change.coveringNodes());
    List<RepoOp> ops = new ArrayList<>(change.ops());
    for (int order = 0; order < 3; order++) {
      assertThat(Inversion.undo(Mst.load(change.after().root(), covering), ops))
          .as(where)
          .isEqualTo(prevData);
      Collections.shuffle(ops, new Random(random.nextLong()));
    }
  }

  /** Writes that fit the model, applied to it; several may fall on one path. */
  private static List<RecordWrite> writes(
      SplittableRandom random, NavigableMap<String, Cid> model, int size) {
    List<RecordWrite> writes = new ArrayList<>();
    boolean shrinking = random.nextInt(3) == 0;
    while (writes.size() < size) {
      String key = Trees.key(random, 3_000);
      String existing = model.ceilingKey(key);
      if (existing != null && random.nextInt(10) < (shrinking ? 9 : 4)) {
        RepoPath path = RepoPath.parse(existing);
        if (shrinking || random.nextBoolean()) {
          model.remove(existing);
          writes.add(new Delete(path));
        } else {
          Cid value = Trees.record(random);
          model.put(existing, value);
          writes.add(new Update(path, value));
        }
      } else if (!model.containsKey(key)) {
        Cid value = Trees.record(random);
        model.put(key, value);
        writes.add(new Create(RepoPath.parse(key), value));
      }
    }
    return writes;
  }

  @Test
  void aRepositoryCanBeEmptiedAndFilledInOneCommit() {
    NavigableMap<String, Cid> model = Trees.model(new SplittableRandom(1), 200);
    List<RecordWrite> deletes = new ArrayList<>();
    List<RecordWrite> creates = new ArrayList<>();
    model.forEach(
        (key, value) -> {
          deletes.add(new Delete(RepoPath.parse(key)));
          creates.add(new Create(RepoPath.parse(key), value));
        });
    Mst full = Trees.of(new TreeMap<>(model));
    TreeChange emptied = TreeChange.apply(full, deletes);
    assertThat(emptied.after().isEmpty()).isTrue();
    Inversion.verify(
        emptied.after().root(),
        BlockSource.of(emptied.coveringNodes()),
        emptied.ops(),
        full.root());
    TreeChange filled = TreeChange.apply(Mst.empty(), creates);
    assertThat(filled.after().root()).isEqualTo(full.root());
    assertThat(filled.removedNodes()).containsExactly(Mst.empty().root());
    Inversion.verify(
        full.root(), BlockSource.of(filled.coveringNodes()), filled.ops(), Mst.empty().root());
  }

  @Test
  void aWarmTreeNeedsNoReads() {
    NavigableMap<String, Cid> model = Trees.model(new SplittableRandom(2), 5_000);
    Map<Cid, byte[]> blocks = Trees.blocks(Trees.of(model));
    List<Cid> loads = new ArrayList<>();
    BlockSource counting =
        cid -> {
          loads.add(cid);
          return BlockSource.of(blocks).load(cid);
        };
    Mst cold = Mst.load(Trees.of(model).root(), counting);
    Mst warm = TreeChange.apply(cold, List.of(new Create(path("3lzzzzzzzzz22"), RECORD))).after();
    assertThat(loads).isNotEmpty().hasSizeLessThan(20);
    loads.clear();
    for (int i = 3; i < 8; i++) {
      warm = TreeChange.apply(warm, List.of(new Create(path("3lzzzzzzzzz2" + i), RECORD))).after();
    }
    assertThat(loads).isEmpty();
  }

  private static RepoPath path(String rkey) {
    return RepoPath.parse("app.bsky.feed.post/" + rkey);
  }

  @Test
  void aCommitThatChangesNothingStillCarriesItsRoot() {
    TreeChange change = TreeChange.apply(Mst.empty(), List.of());

    assertThat(change.newNodes()).isEmpty();
    assertThat(change.coveringNodes()).containsOnlyKeys(Mst.empty().root());
  }
}
