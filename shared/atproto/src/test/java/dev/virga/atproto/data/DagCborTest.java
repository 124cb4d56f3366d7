package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DagCborTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "23, 17",
    "24, 1818",
    "255, 18ff",
    "256, 190100",
    "65535, 19ffff",
    "65536, 1a00010000",
    "2147483647, 1a7fffffff",
    "2147483648, 1a80000000",
    "4294967295, 1affffffff",
    "4294967296, 1b0000000100000000",
    "9223372036854775807, 1b7fffffffffffffff",
    "-1, 20",
    "-24, 37",
    "-25, 3818",
    "-256, 38ff",
    "-257, 390100",
    "-2147483648, 3a7fffffff",
    "-2147483649, 3a80000000",
    "-4294967296, 3affffffff",
    "-4294967297, 3b0000000100000000",
    "-9223372036854775808, 3b7fffffffffffffff"
  })
  void writesIntegersInTheirShortestForm(long number, String hex) {
    byte[] encoded = DagCbor.encode(Value.of(number));

    assertThat(HEX.formatHex(encoded)).isEqualTo(hex);
    assertThat(DagCbor.decode(encoded)).isEqualTo(Value.of(number));
  }

  @Test
  void writesTheOtherKindsAsTheSpecificationSays() {
    Cid cid = Cid.ofRaw(new byte[0]);

    assertThat(hex(Value.of(true))).isEqualTo("f5");
    assertThat(hex(Value.of(false))).isEqualTo("f4");
    assertThat(hex(Value.Null.NULL)).isEqualTo("f6");
    assertThat(hex(Value.of("é"))).isEqualTo("62c3a9");
    assertThat(hex(new Value.Bytes(new byte[] {1, 2}))).isEqualTo("420102");
    assertThat(hex(new Value.Array(List.of(Value.of(1))))).isEqualTo("8101");
    assertThat(hex(Value.of(cid))).isEqualTo("d82a582500" + HEX.formatHex(cid.toBytes()));
    assertThat(hex(Value.Obj.EMPTY)).isEqualTo("a0");
  }

  @Test
  void sortsKeysByLengthThenByBytes() {
    Value.Obj obj =
        new Value.Obj(
            Map.of("b", Value.of(1), "aa", Value.of(2), "é", Value.of(3), "a", Value.of(4)));

    assertThat(hex(obj)).isEqualTo("a4616104" + "616201" + "62616102" + "62c3a903");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 23, 24, 255, 256, 999, 1_000, 3_995, 4_000, 65_535, 65_536, 1_000_000})
  void writesTextKeysAndBytesOfAnyLengthDefinitely(int length) {
    for (String character : List.of("x", "é", "⽘", "😀")) {
      String text = character.repeat(length);
      Value value =
          Value.Obj.builder()
              .put(text, text)
              .put(text + "!", new Value.Bytes(new byte[length]))
              .build();

      byte[] encoded = DagCbor.encode(value);

      assertThat(encoded).isEqualTo(PlainCbor.encode(value));
      assertThat(DagCbor.decode(encoded)).isEqualTo(value);
    }
  }

  @Test
  void agreesWithANaiveEncoderAndRoundTripsOnRandomValues() {
    long seed = Long.getLong("virga.seed", 1);
    RandomValues values = new RandomValues(seed);
    for (int i = 0; i < 500; i++) {
      Value.Obj value = values.obj();

      byte[] encoded = DagCbor.encode(value);

      assertThat(encoded).as("seed %d, value %d", seed, i).isEqualTo(PlainCbor.encode(value));
      assertThat(DagCbor.decodeObj(encoded)).as("seed %d, value %d", seed, i).isEqualTo(value);
    }
  }

  @Test
  void nestsUpToTheLimitAndNoDeeper() {
    Value deepest = nested(DagCbor.MAX_DEPTH);

    assertThat(DagCbor.decode(DagCbor.encode(deepest))).isEqualTo(deepest);
    assertThatThrownBy(() -> DagCbor.encode(nested(DagCbor.MAX_DEPTH + 1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("deeper");
    assertThatThrownBy(() -> DagCbor.decode(PlainCbor.encode(nested(DagCbor.MAX_DEPTH + 1))))
        .isInstanceOf(DataException.class);
  }

  @Test
  void refusesUnpairedSurrogatesInShortAndLongTextAndKeys() {
    for (String text : List.of("\ud800", "x".repeat(5_000) + "\udc00", "\ud800".repeat(5_000))) {
      assertThatThrownBy(() -> DagCbor.encode(Value.of(text))).isInstanceOf(DataException.class);
      assertThatThrownBy(() -> DagCbor.encode(Value.Obj.builder().put(text, 1).build()))
          .isInstanceOf(DataException.class);
    }
  }

  @Test
  void decodesAMapWhereOneIsExpected() {
    assertThatThrownBy(() -> DagCbor.decodeObj(new byte[] {0x01}))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("map");
  }

  static Value nested(int depth) {
    Value value = Value.of(1);
    for (int i = 0; i < depth; i++) {
      value =
          i % 2 == 0
              ? new Value.Array(List.of(value))
              : Value.Obj.builder().put("a", value).build();
    }
    return value;
  }

  private static String hex(Value value) {
    return HEX.formatHex(DagCbor.encode(value));
  }
}
