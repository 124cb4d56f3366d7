package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Interop.string;
import static dev.virga.atproto.repo.Interop.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TreeProofTest {
  static Stream<Map<String, Object>> commits() {
    return Interop.objects("firehose/commit-proof-fixtures.json").stream();
  }

  @ParameterizedTest
  @MethodSource("commits")
  void coveringProofsAreThoseOfTheVectors(Map<String, Object> vector) {
    Cid leaf = Cid.parse(string(vector, "leafValue"));
    Mst before = Mst.empty();
    for (String key : strings(vector, "keys")) {
      before = before.insert(key, leaf);
    }
    assertThat(before.root()).hasToString(string(vector, "rootBeforeCommit"));
    Mst after = before;
    for (String key : strings(vector, "adds")) {
      after = after.insert(key, leaf);
    }
    for (String key : strings(vector, "dels")) {
      after = after.delete(key);
    }
    assertThat(after.root()).hasToString(string(vector, "rootAfterCommit"));

    List<String> touched = new ArrayList<>(strings(vector, "adds"));
    touched.addAll(strings(vector, "dels"));
    Map<Cid, byte[]> proof = after.coveringProof(touched);
    assertThat(proof.keySet())
        .extracting(Cid::toString)
        .containsExactlyInAnyOrderElementsOf(strings(vector, "blocksInProof"));
    assertThat(proof).allSatisfy((cid, bytes) -> assertThat(cid.addresses(bytes)).isTrue());

    Mst undone = Mst.load(after.root(), BlockSource.of(proof));
    for (String key : strings(vector, "adds")) {
      undone = undone.delete(key);
    }
    for (String key : strings(vector, "dels")) {
      undone = undone.insert(key, leaf);
    }
    assertThat(undone.root()).isEqualTo(before.root());
  }

  @Test
  void aProofShowsPresenceAndAbsence() {
    SplittableRandom random = new SplittableRandom(11);
    NavigableMap<String, Cid> model = Trees.model(random, 2_000);
    Mst tree = Trees.reloaded(Trees.of(model));
    List<String> keys = new ArrayList<>(model.keySet().stream().limit(200).toList());
    for (int i = 0; i < 200; i++) {
      keys.add(Trees.key(random, 40_000));
    }
    for (String key : keys) {
      Map<Cid, byte[]> proof = tree.proof(key);
      assertThat(proof.keySet().iterator().next()).isEqualTo(tree.root());
      Mst verified = Mst.load(tree.root(), BlockSource.of(proof));
      assertThat(verified.get(key).orElse(null)).as(key).isEqualTo(model.get(key));
    }
  }

  @Test
  void aProofOfOneKeyDoesNotProveAnother() {
    Mst tree = Trees.of(Interop.lines("mst/example_keys.txt"));
    Mst partial = Mst.load(tree.root(), BlockSource.of(tree.proof("A0/374913")));
    assertThatThrownBy(() -> partial.get("Z0/000000")).isInstanceOf(MissingBlockException.class);
  }

  @Test
  void anEmptyTreeProvesAbsence() {
    Map<Cid, byte[]> proof = Mst.empty().proof("a/b");
    assertThat(proof).containsOnlyKeys(Mst.empty().root());
    assertThat(Mst.load(Mst.empty().root(), BlockSource.of(proof)).get("a/b")).isEmpty();
  }
}
