package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class LexiconVectorsTest {
  private static final List<String> CATALOG =
      List.of("permission-set", "procedure", "query", "record", "subscription");

  private final RecordSchema schema =
      Fixture.lexicons(LexiconDocument.parse(Fixture.vector("catalog/record.json")))
          .record(Nsid.parse("example.lexicon.record"))
          .orElseThrow();

  @TestFactory
  Stream<DynamicTest> readsTheCatalog() {
    return CATALOG.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> LexiconDocument.parse(Fixture.vector("catalog/" + name + ".json"))));
  }

  @TestFactory
  Stream<DynamicTest> readsValidLexicons() {
    return cases("lexicon-valid.json").stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    name(vector),
                    () ->
                        assertThatCode(() -> LexiconDocument.parse(obj(vector, "lexicon")))
                            .doesNotThrowAnyException()));
  }

  @TestFactory
  Stream<DynamicTest> refusesInvalidLexicons() {
    return cases("lexicon-invalid.json").stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    name(vector),
                    () ->
                        assertThatThrownBy(() -> LexiconDocument.parse(obj(vector, "lexicon")))
                            .isInstanceOf(LexiconException.class)
                            .hasMessageStartingWith("Lexicon/")));
  }

  @TestFactory
  Stream<DynamicTest> acceptsValidRecords() {
    return cases("record-data-valid.json").stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    name(vector),
                    () -> {
                      schema.check(RecordKey.parse(vector.text("rkey").orElseThrow()));
                      schema.validate(obj(vector, "data"));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> refusesInvalidRecords() {
    return cases("record-data-invalid.json").stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    name(vector),
                    () ->
                        assertThatThrownBy(() -> schema.validate(obj(vector, "data")))
                            .isInstanceOf(ValidationException.class)
                            .hasMessageMatching("Record.* (must|should|can not) .*")));
  }

  private static List<Value.Obj> cases(String file) {
    List<Value.Obj> cases = new ArrayList<>();
    Value all = DataJson.parse(Fixture.vector(file));
    for (Value item : ((Value.Array) all).items()) {
      cases.add((Value.Obj) item);
    }
    return cases;
  }

  private static String name(Value.Obj vector) {
    return vector.text("name").orElseThrow();
  }

  private static Value.Obj obj(Value.Obj vector, String key) {
    return (Value.Obj) vector.get(key).orElseThrow();
  }
}
