package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Trees.RECORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The heights of the keys here are the digit in their name. */
class NodeReaderTest {
  private static final Cid CHILD = Cid.ofDagCbor(new byte[] {1});

  private static Value link(@Nullable Cid cid) {
    return cid == null ? Value.Null.NULL : Value.of(cid);
  }

  private static Value entry(int prefix, String suffix, @Nullable Cid right) {
    return entry(Value.of(prefix), suffix, link(right), link(RECORD));
  }

  private static Value entry(Value prefix, String suffix, Value right, Value value) {
    return new Value.Obj(
        Map.of(
            "p", prefix,
            "k", new Value.Bytes(suffix.getBytes(StandardCharsets.UTF_8)),
            "t", right,
            "v", value));
  }

  private static byte[] node(@Nullable Cid left, Value... entries) {
    return DagCbor.encode(
        new Value.Obj(Map.of("e", new Value.Array(List.of(entries)), "l", link(left))));
  }

  private static MstNode root(byte[] bytes) {
    return Subtree.Link.toRoot(Cid.ofDagCbor(bytes)).decode(bytes, false);
  }

  private static MstNode inside(
      int layer, @Nullable String low, @Nullable String high, byte[] bytes) {
    return new Subtree.Link(Cid.ofDagCbor(bytes), layer, low, high).decode(bytes, false);
  }

  private static void refused(String reason, byte[] bytes) {
    assertThatThrownBy(() -> root(bytes))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void readsWhatIsWellFormed() {
    byte[] bytes = node(CHILD, entry(0, "B1/986427", CHILD), entry(0, "F1/085263", null));
    MstNode node = root(bytes);
    assertThat(node.layer()).isEqualTo(1);
    assertThat(node.key(1)).isEqualTo("F1/085263");
    assertThat(node.value(0)).isEqualTo(RECORD);
    assertThat(node.subtree(0)).isEqualTo(new Subtree.Link(CHILD, 0, null, "B1/986427"));
    assertThat(node.subtree(1)).isEqualTo(new Subtree.Link(CHILD, 0, "B1/986427", "F1/085263"));
    assertThat(node.subtree(2)).isNull();
    assertThat(node.encode()).isEqualTo(bytes);
  }

  @Test
  void writesWhatTheGeneralEncoderWrites() {
    SplittableRandom random = new SplittableRandom(4);
    Mst tree = Trees.of(Trees.model(random, 3_000));
    String longKey = "com.example.x/" + "a".repeat(500);
    tree = tree.insert(longKey, RECORD).insert(longKey + "b", RECORD).insert("a/b", RECORD);
    Trees.blocks(tree)
        .values()
        .forEach(bytes -> assertThat(DagCbor.encode(DagCbor.decode(bytes))).isEqualTo(bytes));
    assertThat(Trees.reloaded(tree).get(longKey + "b")).contains(RECORD);
  }

  @Test
  void refusesBadKeys() {
    refused("tree key", node(null, entry(0, "", null)));
    refused("tree key", node(null, entry(0, "A0", null)));
    refused("tree key", node(null, entry(0, "A0/b/c", null)));
    refused("tree key", node(null, entry(0, "A0/\u0000", null)));
    refused("tree key", node(null, entry(0, "A0/é", null)));
    refused("length", node(null, entry(0, "A0/" + "x".repeat(1_100), null)));
    refused("length", node(null, entry(0, "A0/" + "x".repeat(70_000), null)));
  }

  @Test
  void refusesPrefixesThatAreNotCompressedOrTooLong() {
    refused("prefix", node(null, entry(1, "A0/374913", null)));
    refused("prefix", node(null, entry(0, "A0/374913", null), entry(10, "x", null)));
    refused("compressed", node(null, entry(0, "A0/374913", null), entry(0, "A0/374914", null)));
    refused("compressed", node(null, entry(0, "A0/374913", null), entry(7, "14", null)));
  }

  @Test
  void refusesKeysOutOfOrder() {
    refused("order", node(null, entry(0, "E0/670489", null), entry(0, "A0/374913", null)));
    refused("order", node(null, entry(0, "A0/374913", null), entry(9, "", null)));
    refused("order", node(null, entry(0, "A0/374913", null), entry(8, "1", null)));
  }

  @Test
  void refusesKeysOfTheWrongLayer() {
    refused("layer", node(null, entry(0, "A0/374913", null), entry(0, "B1/986427", null)));
    byte[] leaf = node(null, entry(0, "A0/374913", null));
    assertThatThrownBy(() -> inside(1, null, null, leaf)).hasMessageContaining("layer");
    assertThat(inside(0, null, null, leaf).size()).isEqualTo(1);
  }

  @Test
  void refusesKeysOutsideTheirPlace() {
    byte[] leaf = node(null, entry(0, "C0/451630", null), entry(0, "E0/670489", null));
    assertThat(inside(0, "B1/986427", "F1/085263", leaf).size()).isEqualTo(2);
    assertThatThrownBy(() -> inside(0, "C0/451630", null, leaf)).hasMessageContaining("order");
    assertThatThrownBy(() -> inside(0, "D2/269196", null, leaf)).hasMessageContaining("order");
    assertThatThrownBy(() -> inside(0, null, "E0/670489", leaf)).hasMessageContaining("order");
    assertThatThrownBy(() -> inside(0, null, "D2/269196", leaf)).hasMessageContaining("order");
  }

  @Test
  void refusesNodesThatHoldNothing() {
    refused("without keys", node(null));
    refused("without keys", node(CHILD));
    assertThatThrownBy(() -> inside(3, null, null, node(null))).hasMessageContaining("empty");
    assertThat(inside(3, null, null, node(CHILD)).subtree(0))
        .isEqualTo(new Subtree.Link(CHILD, 2, null, null));
  }

  @Test
  void refusesSubtreesBelowTheLowestLayer() {
    refused("lowest", node(CHILD, entry(0, "A0/374913", null)));
    refused("lowest", node(null, entry(0, "A0/374913", CHILD)));
    assertThatThrownBy(() -> inside(0, null, null, node(CHILD))).hasMessageContaining("lowest");
  }

  @Test
  void refusesLinksToRawBlocks() {
    Value raw = Value.of(Cid.ofRaw(new byte[1]));
    refused("raw", node(null, entry(Value.of(0), "A0/374913", Value.Null.NULL, raw)));
    refused("raw", node(null, entry(Value.of(0), "B1/986427", raw, link(RECORD))));
  }

  @Test
  void refusesOtherShapes() {
    Map<String, Value> extra = new HashMap<>();
    extra.put("e", new Value.Array(List.of(entry(0, "A0/374913", null))));
    extra.put("l", Value.Null.NULL);
    extra.put("x", Value.Null.NULL);
    refused("encoding", DagCbor.encode(new Value.Obj(extra)));
    refused("encoding", DagCbor.encode(new Value.Obj(Map.of())));
    refused("encoding", DagCbor.encode(Value.of(1)));
    Value wrongType = entry(Value.of("0"), "A0/374913", Value.Null.NULL, link(RECORD));
    refused("canonical", node(null, wrongType));
    refused("canonical", node(null, entry(Value.of(-1), "A0/1", link(null), link(RECORD))));
    refused("link", node(null, entry(Value.of(0), "A0/1", Value.of(0), link(RECORD))));
    String longKey = "A0/" + "1".repeat(60);
    refused("link", node(null, entry(Value.of(0), longKey, link(null), link(null))));
    refused("truncated", new byte[0]);
  }

  @Test
  void refusesLengthsThatAreNotTheShortest() {
    byte[] good = node(null, entry(0, "A0/374913", null));
    // The array of one entry, as 98 01 and as 99 00 01.
    refused("canonical", spliced(good, 3, 1, 0x98, 1));
    refused("canonical", spliced(good, 3, 1, 0x99, 0, 1));
    refused("canonical", spliced(good, 3, 1, 0x9a, 0, 0, 0, 1));
    refused("canonical", spliced(good, 3, 1, 0x9f));
    refused("more entries", spliced(good, 3, 1, 0x99, 0xff, 0xff));
  }

  private static byte[] spliced(byte[] bytes, int at, int length, int... with) {
    byte[] out = new byte[bytes.length - length + with.length];
    System.arraycopy(bytes, 0, out, 0, at);
    for (int i = 0; i < with.length; i++) {
      out[at + i] = (byte) with[i];
    }
    System.arraycopy(bytes, at + length, out, at + with.length, bytes.length - at - length);
    return out;
  }

  @Test
  void refusesEveryTruncationAndSurplus() {
    byte[] good = node(CHILD, entry(0, "B1/986427", CHILD), entry(0, "F1/085263", null));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> root(cut)).isInstanceOf(DataException.class);
    }
    refused("after the end", Arrays.copyOf(good, good.length + 1));
  }

  @Test
  void corruptBytesAreRefusedOrDescribeAnotherTreeExactly() {
    List<byte[]> nodes =
        new ArrayList<>(Trees.blocks(Trees.of(Interop.lines("mst/example_keys.txt"))).values());
    for (long seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = nodes.get(random.nextInt(nodes.size())).clone();
      int flips = random.nextInt(1, 4);
      for (int i = 0; i < flips; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(root(bytes).encode()).as("seed %d", seed).isEqualTo(bytes);
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith("tree node ");
      }
    }
  }
}
