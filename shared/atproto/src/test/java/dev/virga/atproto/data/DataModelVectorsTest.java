package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class DataModelVectorsTest {
  private static final JsonFactory JSON = new JsonFactory();

  @TestFactory
  Stream<DynamicTest> encodesTheFixturesToTheirBytesAndCids() {
    return cases("data-model-fixtures")
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    text(vector, "cid"),
                    () -> {
                      Value value = DataModel.check(DataJson.parse(json(vector, "json")));
                      byte[] cbor = Base64.getDecoder().decode(text(vector, "cbor_base64"));

                      assertThat(DagCbor.encode(value)).isEqualTo(cbor);
                      assertThat(DagCbor.decode(cbor)).isEqualTo(value);
                      assertThat(Cid.ofDagCbor(cbor)).hasToString(text(vector, "cid"));
                      assertThat(DataJson.parse(DataJson.toJson(value))).isEqualTo(value);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> acceptsValidData() {
    return cases("data-model-valid")
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    text(vector, "note"),
                    () -> {
                      Value value = DataModel.check(DataJson.parse(json(vector, "json")));
                      assertThat(DagCbor.decode(DagCbor.encode(value))).isEqualTo(value);
                    }));
  }

  @TestFactory
  Stream<DynamicTest> refusesInvalidData() {
    return cases("data-model-invalid")
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    text(vector, "note"),
                    () ->
                        assertThatThrownBy(
                                () -> DataModel.check(DataJson.parse(json(vector, "json"))))
                            .isInstanceOf(DataException.class)));
  }

  private static String text(Map<String, byte[]> vector, String key) {
    return ((Value.Text) DataJson.parse(json(vector, key))).value();
  }

  private static byte[] json(Map<String, byte[]> vector, String key) {
    return Objects.requireNonNull(vector.get(key), key);
  }

  /** The objects of a file's array, each field as the JSON that stands there. */
  private static Stream<Map<String, byte[]>> cases(String file) {
    String path = "/interop/data-model/" + file + ".json";
    InputStream stream =
        Objects.requireNonNull(DataModelVectorsTest.class.getResourceAsStream(path), path);
    List<Map<String, byte[]>> cases = new ArrayList<>();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), stream)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.START_OBJECT) {
        Map<String, byte[]> fields = new HashMap<>();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
          in.nextToken();
          fields.put(name, copy(in));
        }
        cases.add(fields);
      }
    }
    assertThat(cases).as(path).isNotEmpty();
    return cases.stream();
  }

  private static byte[] copy(JsonParser in) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      out.copyCurrentStructureExact(in);
    }
    return bytes.toByteArray();
  }
}
