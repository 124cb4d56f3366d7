package dev.virga.atproto.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BundledDocumentsTest {
  private static final Set<String> PROSE =
      Set.of("description", "detail", "detail:lang", "title:lang");
  private static final List<String> BUNDLED = List.of("app", "chat", "com");

  private final LexiconDocuments documents = LexiconDocuments.bundled();

  @Test
  void everyDocumentIsSoundAndNamedByItsPath() {
    assertThat(documents.ids()).hasSizeGreaterThan(300);
    for (Nsid id : documents.ids()) {
      assertThat(documents.find(id).orElseThrow().id()).isEqualTo(id);
    }
  }

  @Test
  void everyReferenceLeadsToASchema() {
    Lexicons lexicons = new Lexicons(documents);
    for (Nsid id : documents.ids()) {
      LexiconDocument document = documents.find(id).orElseThrow();
      for (String name : document.names()) {
        references(document.definition(name).orElseThrow())
            .forEach(reference -> assertThat(lexicons.schema(reference)).isNotNull());
      }
    }
  }

  @Test
  void indexAgreesWithTheDocumentsOnWhatIsARecord() {
    for (Nsid id : documents.ids()) {
      boolean isRecord = documents.find(id).orElseThrow().main(RecordDefinition.class).isPresent();
      assertThat(documents.records().contains(id)).as(id.text()).isEqualTo(isRecord);
    }
  }

  @Test
  void unknownNsidsAreNotLookedFor() {
    assertThat(documents.find(Nsid.parse("com.example.absent"))).isEmpty();
    assertThat(documents.find(Nsid.parse("lexicons.app.index"))).isEmpty();
  }

  @Test
  void documentsAreTheProtocolsOwnWithoutTheProse() throws IOException {
    Path originals = Path.of(System.getProperty("virga.root", "."), "..", "shared", "lexicons");
    assumeTrue(Files.isDirectory(originals), "the protocol's lexicons are not beside the project");
    Set<String> expected = new TreeSet<>();
    for (String folder : BUNDLED) {
      try (Stream<Path> files = Files.walk(originals.resolve(folder))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
          Value.Obj original = (Value.Obj) DataJson.parse(Files.readAllBytes(file));
          String id = original.text("id").orElseThrow();
          expected.add(id);
          assertThat(bundled(id)).as(id).isEqualTo(withoutProse(original, false));
        }
      }
    }
    assertThat(documents.ids())
        .extracting(Nsid::text)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void propertiesCalledDescriptionAreKept() {
    assertThat(((Value.Obj) bundled("app.bsky.actor.profile")).toString())
        .contains("description=Obj[")
        .doesNotContain("description=Text[");
  }

  private static Value bundled(String id) {
    String name = "/lexicons/" + id.replace('.', '/') + ".json";
    try (var in = BundledDocumentsTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return DataJson.parse(in.readAllBytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A copy without prose; keys that are names, not words of the language, all stay. */
  private static Value withoutProse(Value value, boolean keysAreNames) {
    return switch (value) {
      case Value.Obj object -> {
        Map<String, Value> kept = new HashMap<>();
        object
            .entries()
            .forEach(
                (key, child) -> {
                  if (keysAreNames || !PROSE.contains(key)) {
                    boolean namesBelow =
                        !keysAreNames && (key.equals("properties") || key.equals("defs"));
                    kept.put(key, withoutProse(child, namesBelow));
                  }
                });
        yield new Value.Obj(kept);
      }
      case Value.Array(List<Value> items) ->
          new Value.Array(items.stream().map(item -> withoutProse(item, false)).toList());
      default -> value;
    };
  }

  private static List<String> references(Definition definition) {
    List<String> found = new ArrayList<>();
    collect(definition, found);
    return found;
  }

  private static void collect(Definition definition, List<String> found) {
    switch (definition) {
      case RefSchema ref -> found.add(ref.target());
      case UnionSchema union -> union.variants().values().forEach(ref -> collect(ref, found));
      case ArraySchema array -> collect(array.items(), found);
      case ObjectSchema object ->
          object.properties().forEach(property -> collect(property.schema(), found));
      case RecordDefinition record -> collect(record.object(), found);
      case MethodDefinition method -> {
        collect(method.params().object(), found);
        Stream.of(method.input(), method.output())
            .filter(body -> body != null && body.schema() != null)
            .forEach(body -> collect(body.schema(), found));
        if (method.message() != null) {
          collect(method.message(), found);
        }
      }
      default -> {}
    }
  }
}
