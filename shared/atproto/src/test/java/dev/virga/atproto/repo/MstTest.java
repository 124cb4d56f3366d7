package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Trees.RECORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.WriteConflictException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MstTest {
  private static final String EMPTY = "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";

  private static String k(String rkey) {
    return "com.example.record/" + rkey;
  }

  private static String root(String... rkeys) {
    return Trees.of(List.of(rkeys).stream().map(MstTest::k).toList()).root().toString();
  }

  @Test
  void knownRoots() {
    assertThat(Mst.empty().root()).hasToString(EMPTY);
    assertThat(root("3jqfcqzm3fo2j"))
        .isEqualTo("bafyreibj4lsc3aqnrvphp5xmrnfoorvru4wynt6lwidqbm2623a6tatzdu");
    assertThat(root("3jqfcqzm3fx2j"))
        .isEqualTo("bafyreih7wfei65pxzhauoibu3ls7jgmkju4bspy4t2ha2qdjnzqvoy33ai");
    assertThat(
            root(
                "3jqfcqzm3fp2j",
                "3jqfcqzm3fr2j",
                "3jqfcqzm3fs2j",
                "3jqfcqzm3ft2j",
                "3jqfcqzm4fc2j"))
        .isEqualTo("bafyreicmahysq4n6wfuxo522m6dpiy7z7qzym3dzs756t5n7nfdgccwq7m");
  }

  @Test
  void deletingTheTopKeyTrimsTheTree() {
    Mst tall =
        Trees.of(
            List.of(
                k("3jqfcqzm3fn2j"),
                k("3jqfcqzm3fo2j"),
                k("3jqfcqzm3fp2j"),
                k("3jqfcqzm3fs2j"),
                k("3jqfcqzm3ft2j"),
                k("3jqfcqzm3fu2j")));
    assertThat(tall.root())
        .hasToString("bafyreifnqrwbk6ffmyaz5qtujqrzf5qmxf7cbxvgzktl4e3gabuxbtatv4");
    assertThat(tall.delete(k("3jqfcqzm3fs2j")).root())
        .hasToString("bafyreie4kjuxbwkhzg2i5dljaswcroeih4dgiqq6pazcmunwt2byd725vi");
  }

  @Test
  void insertingAHighKeySplitsTwoLayersDown() {
    Mst low =
        Trees.of(
            List.of(
                k("3jqfcqzm3fo2j"),
                k("3jqfcqzm3fp2j"),
                k("3jqfcqzm3fr2j"),
                k("3jqfcqzm3fs2j"),
                k("3jqfcqzm3ft2j"),
                k("3jqfcqzm3fz2j"),
                k("3jqfcqzm4fc2j"),
                k("3jqfcqzm4fd2j"),
                k("3jqfcqzm4ff2j"),
                k("3jqfcqzm4fg2j"),
                k("3jqfcqzm4fh2j")));
    assertThat(low.root())
        .hasToString("bafyreiettyludka6fpgp33stwxfuwhkzlur6chs4d2v4nkmq2j3ogpdjem");
    Mst high = low.insert(k("3jqfcqzm3fx2j"), RECORD);
    assertThat(high.root())
        .hasToString("bafyreid2x5eqs4w4qxvc5jiwda4cien3gw2q6cshofxwnvv7iucrmfohpm");
    assertThat(high.delete(k("3jqfcqzm3fx2j")).root()).isEqualTo(low.root());
  }

  @Test
  void insertingAKeyTwoLayersUpPutsNodesWithoutKeysBetween() {
    Mst low = Trees.of(List.of(k("3jqfcqzm3ft2j"), k("3jqfcqzm3fz2j")));
    assertThat(low.root())
        .hasToString("bafyreidfcktqnfmykz2ps3dbul35pepleq7kvv526g47xahuz3rqtptmky");
    Mst high = low.insert(k("3jqfcqzm3fx2j"), RECORD);
    assertThat(high.root())
        .hasToString("bafyreiavxaxdz7o7rbvr3zg2liox2yww46t7g6hkehx4i4h3lwudly7dhy");
    assertThat(high.delete(k("3jqfcqzm3fx2j")).root()).isEqualTo(low.root());
    assertThat(high.insert(k("3jqfcqzm4fd2j"), RECORD).root())
        .hasToString("bafyreig4jv3vuajbsybhyvb7gggvpwh2zszwfyttjrj6qwvcsp24h6popu");
  }

  @Test
  void theRootDoesNotDependOnTheOrderOfInsertion() {
    List<String> keys = new ArrayList<>(Interop.lines("mst/example_keys.txt"));
    Cid expected = Trees.of(keys).root();
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(keys, new Random(seed));
      assertThat(Trees.of(keys).root()).as("seed %d", seed).isEqualTo(expected);
    }
    Mst tree = Trees.of(keys);
    for (String key : keys) {
      tree = tree.delete(key);
    }
    assertThat(tree.root()).hasToString(EMPTY);
  }

  @Test
  void editsThatDoNotFitAreRefused() {
    Mst tree = Trees.of(List.of("a/b"));
    assertThatThrownBy(() -> tree.insert("a/b", RECORD))
        .isInstanceOfSatisfying(
            WriteConflictException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.EXISTS);
              assertThat(e.key()).isEqualTo("a/b");
            });
    assertThatThrownBy(() -> tree.update("a/c", RECORD))
        .isInstanceOfSatisfying(
            WriteConflictException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
    assertThatThrownBy(() -> tree.delete("a/a")).isInstanceOf(WriteConflictException.class);
    assertThatThrownBy(() -> Mst.empty().delete("a/a")).isInstanceOf(WriteConflictException.class);
    assertThatThrownBy(() -> tree.insert("a", RECORD)).isInstanceOf(DataException.class);
  }

  @Test
  void updatingToTheSameValueChangesNothing() {
    Mst tree = Trees.of(Interop.lines("mst/example_keys.txt"));
    assertThat(tree.update("A0/374913", RECORD)).isSameAs(tree);
    assertThat(tree.put("A0/374913", Trees.record(1)).root()).isNotEqualTo(tree.root());
  }

  @Test
  void editsLeaveTheTreeBeforeAsItWas() {
    Mst before = Trees.of(Interop.lines("mst/example_keys.txt"));
    Cid root = before.root();
    before.insert("B9/999999", RECORD);
    before.delete("A0/374913");
    before.update("A1/076595", Trees.record(1));
    assertThat(before.root()).isEqualTo(root);
    assertThat(Trees.of(Interop.lines("mst/example_keys.txt")).root()).isEqualTo(root);
    assertThat(Trees.reloaded(before).get("A0/374913")).contains(RECORD);
  }

  @Test
  void anEmptyTreeIsLoadedWithoutItsBlock() {
    Mst empty = Mst.load(Cid.parse(EMPTY), BlockSource.none());
    assertThat(empty.isEmpty()).isTrue();
    assertThat(empty.entries()).isExhausted();
    assertThat(empty.get("a/b")).isEmpty();
    assertThat(empty.insert("a/b", RECORD).root()).isEqualTo(Trees.of(List.of("a/b")).root());
  }

  @Test
  void aMissingBlockIsNamed() {
    Mst tree = Trees.of(Interop.lines("mst/example_keys.txt"));
    Map<Cid, byte[]> onlyRoot = Map.of(tree.root(), tree.top().encode());
    Mst partial = Mst.load(tree.root(), BlockSource.of(onlyRoot));
    assertThatThrownBy(() -> partial.get("A0/374913"))
        .isInstanceOfSatisfying(
            MissingBlockException.class, e -> assertThat(Trees.blocks(tree)).containsKey(e.cid()));
    assertThatThrownBy(() -> Mst.load(RECORD, BlockSource.none()).isEmpty())
        .isInstanceOf(MissingBlockException.class);
  }

  @Test
  void buildRefusesKeysOutOfOrder() {
    List<MstEntry> twice = List.of(new MstEntry("a/b", RECORD), new MstEntry("a/b", RECORD));
    assertThatThrownBy(() -> Mst.build(twice.iterator())).isInstanceOf(DataException.class);
    List<MstEntry> back = List.of(new MstEntry("b/b", RECORD), new MstEntry("a/b", RECORD));
    assertThatThrownBy(() -> Mst.build(back.iterator())).isInstanceOf(DataException.class);
  }

  @Test
  void entriesStartAtAnyKey() {
    SplittableRandom random = new SplittableRandom(7);
    NavigableMap<String, Cid> model = Trees.model(random, 500);
    Mst tree = Trees.reloaded(Trees.of(model));
    for (int i = 0; i < 300; i++) {
      String from = Trees.key(random, 10_000);
      assertThat(tree.entriesFrom(from))
          .toIterable()
          .as("from %s", from)
          .containsExactlyElementsOf(() -> Trees.entries(model.tailMap(from, true)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void behavesLikeASortedMap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NavigableMap<String, Cid> model = new TreeMap<>();
    Mst tree = Mst.empty();
    // Three seeds make 120,000 operations; a draw that does nothing is not counted as one.
    int step = 1;
    while (step <= 40_000) {
      // Phases of growth and of decline, so that trees of all sizes come and go.
      boolean growing = (step / 5_000) % 2 == 0;
      String key = Trees.key(random, 2_000);
      if (!model.containsKey(key)) {
        if (!growing && random.nextInt(4) != 0) {
          continue;
        }
        Cid value = Trees.record(random);
        model.put(key, value);
        tree = tree.insert(key, value);
      } else if (growing || random.nextInt(4) == 0) {
        Cid value = Trees.record(random);
        model.put(key, value);
        tree = tree.update(key, value);
      } else {
        model.remove(key);
        tree = tree.delete(key);
      }
      if (step % 1_000 == 0) {
        assertSame(tree, model, "seed " + seed + " step " + step);
      }
      if (step % 7_000 == 0) {
        tree = Trees.reloaded(tree);
      }
      step++;
    }
  }

  private static void assertSame(Mst tree, NavigableMap<String, Cid> model, String where) {
    assertThat(tree.root()).as(where).isEqualTo(Trees.of(model).root());
    assertThat(tree.entries())
        .toIterable()
        .as(where)
        .containsExactlyElementsOf(() -> Trees.entries(model));
    model.forEach((key, value) -> assertThat(tree.get(key)).as(where).contains(value));
    assertThat(tree.get("app.bsky.feed.post/none")).as(where).isEmpty();
  }

  @Test
  void aSinkReceivesEveryNodeOfABuiltTreeOnce() {
    NavigableMap<String, Cid> model = Trees.model(new SplittableRandom(5), 3_000);
    Map<Cid, byte[]> blocks = new TreeMap<>();
    MstBuilder builder =
        MstBuilder.to(
            block -> {
              assertThat(block.cid().addresses(block.bytes())).isTrue();
              assertThat(blocks.put(block.cid(), block.bytes())).isNull();
            });
    model.forEach(builder::add);
    Cid root = builder.root();
    assertThat(root).isEqualTo(Trees.of(model).root());
    assertThat(blocks.keySet()).isEqualTo(Trees.blocks(Trees.of(model)).keySet());
  }

  @Test
  void aSinkReceivesTheEmptyRoot() {
    List<Cid> seen = new ArrayList<>();
    assertThat(MstBuilder.to(block -> seen.add(block.cid())).root()).hasToString(EMPTY);
    assertThat(seen).hasSize(1);
  }
}
