package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class DataJsonTest {
  private static final String CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";

  @Test
  void readsEveryKind() {
    assertThat(parse("{\"t\":\"é😀\",\"i\":-5,\"b\":true,\"n\":null,\"a\":[1,[]],\"o\":{}}"))
        .isEqualTo(
            Value.Obj.builder()
                .put("t", "é😀")
                .put("i", -5)
                .put("b", true)
                .put("n", Value.Null.NULL)
                .put("a", new Value.Array(List.of(Value.of(1), new Value.Array(List.of()))))
                .put("o", Value.Obj.EMPTY)
                .build());
  }

  @Test
  void readsAndWritesLinksAndBytes() {
    Value link = Value.of(Cid.parse(CID));
    Value bytes = new Value.Bytes(new byte[] {1, 2, 3, 4});

    assertThat(parse("{\"$link\":\"" + CID + "\"}")).isEqualTo(link);
    assertThat(DataJson.toText(link)).isEqualTo("{\"$link\":\"" + CID + "\"}");
    assertThat(parse("{\"$bytes\":\"AQIDBA\"}")).isEqualTo(bytes);
    assertThat(parse("{\"$bytes\":\"AQIDBA==\"}")).isEqualTo(bytes);
    assertThat(DataJson.toText(bytes)).isEqualTo("{\"$bytes\":\"AQIDBA\"}");
    assertThat(parse("{\"$bytes\":\"\"}")).isEqualTo(new Value.Bytes(new byte[0]));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "0e999999999, 0",
    "1.0, 1",
    "123.000, 123",
    "1e3, 1000",
    "12.5e1, 125",
    "9223372036854775807, 9223372036854775807",
    "9223372036854775807.0, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808"
  })
  void readsIntegralNumbers(String json, long number) {
    assertThat(parse(json)).isEqualTo(Value.of(number));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.5",
        "1e-1",
        "9223372036854775808",
        "-9223372036854775809",
        "9223372036854775807.1",
        "1e19",
        "1e400",
        "1e999999999",
        "1e99999999999999999999",
        "1e-999999999",
        "NaN",
        "Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "0x10",
        "1111111111111111111111111111111111111111111111111111111111111111111111111111111111"
      })
  void refusesOtherNumbers(String json) {
    assertRefused(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "[1,]",
        "{'a':1}",
        "{a:1}",
        "{\"a\":1} x",
        "{} {}",
        "1 2",
        "// c\n1",
        "tru",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "{\"\\ud800\":1}",
        "{\"$link\":1}",
        "{\"$link\":\"\"}",
        "{\"$link\":\"QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR\"}",
        "{\"$link\":null}",
        "{\"$link\":{}}",
        "{\"$bytes\":\"!\"}",
        "{\"$bytes\":\"AQIDBA=\"}",
        "{\"$bytes\":\"A\"}",
        "{\"$bytes\":[1]}",
        "{\"a\":1,\"$bytes\":\"\"}"
      })
  void refusesWhatIsNotTheDataModel(String json) {
    assertRefused(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "22ff22",
        "22c022",
        "22c08022",
        "22eda08022",
        "22eda0bdedb88022",
        "22f490808022",
        "22e28222",
        "feff00220061",
        "0022006100220000"
      })
  void refusesBytesThatAreNotUtf8(String hex) {
    assertThatThrownBy(() -> DataJson.parse(HexFormat.of().parseHex(hex)))
        .isInstanceOf(DataException.class);
  }

  @Test
  void refusesALinkWithCompany() {
    assertRefused("{\"$link\":\"" + CID + "\",\"other\":1}");
    assertRefused("{\"$link\":\"" + CID + "\",\"$bytes\":\"\"}");
  }

  @Test
  void nestsUpToTheLimitAndNoDeeper() {
    String link = "{\"$link\":\"" + CID + "\"}";
    int max = DagCbor.MAX_DEPTH;

    Value deepest = parse("[".repeat(max) + link + "]".repeat(max));

    assertThat(parse(DataJson.toText(deepest))).isEqualTo(deepest);
    assertThat(DagCbor.decode(DagCbor.encode(deepest))).isEqualTo(deepest);
    assertRefused("[".repeat(max + 1) + "]".repeat(max + 1));
    assertRefused("[".repeat(max) + "{}" + "]".repeat(max));
    assertRefused("[".repeat(1_000_000));
    assertRefused("{\"a\":".repeat(1_000_000));
  }

  @Test
  void readsLongTextAndKeys() {
    Value value = Value.Obj.builder().put("k".repeat(100_000), "é".repeat(500_000)).build();

    assertThat(parse(DataJson.toText(value))).isEqualTo(value);
  }

  @Test
  void roundTripsRandomValuesAndTranscodesThemToTheSameBytes() {
    long seed = Long.getLong("virga.seed", 1);
    RandomValues values = new RandomValues(seed);
    for (int i = 0; i < 500; i++) {
      Value.Obj value = values.obj();

      byte[] json = DataJson.toJson(value);

      assertThat(DataJson.parse(json)).as("seed %d, value %d", seed, i).isEqualTo(value);
      assertThat(transcode(DagCbor.encode(value))).as("seed %d, value %d", seed, i).isEqualTo(json);
    }
  }

  @Test
  void transcodesInsideALargerAnswer() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
      out.writeStartObject();
      out.writeName("value");
      DataJson.transcode(DagCbor.encode(Value.Obj.builder().put("a", "\"\n\u0001é").build()), out);
      out.writeEndObject();
    }

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("{\"value\":{\"a\":\"\\\"\\n\\u0001é\"}}");
  }

  @Test
  void doesNotTranscodeTrailingBytesOrOtherKeysThanText() {
    for (String hex : List.of("a000", "a10101", "a1416101", "")) {
      assertThatThrownBy(() -> transcode(HexFormat.of().parseHex(hex)))
          .isInstanceOf(DataException.class);
    }
  }

  private static byte[] transcode(byte[] dagCbor) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes);
    DataJson.transcode(dagCbor, out);
    out.close();
    return bytes.toByteArray();
  }

  private static Value parse(String json) {
    return DataJson.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(String json) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(DataException.class);
  }
}
