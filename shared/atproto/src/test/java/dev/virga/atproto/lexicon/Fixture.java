package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Nsid;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Reads JSON and test vectors, and makes small lexicons; JSON may use ' for ". */
final class Fixture {
  private Fixture() {}

  static Value.Obj json(String text) {
    byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return (Value.Obj) DataJson.parse(bytes);
  }

  static byte[] vector(String name) {
    try (InputStream in = Fixture.class.getResourceAsStream("/interop/lexicon/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Lexicons lexicons(LexiconDocument... documents) {
    return new Lexicons(LexiconDocuments.of(Arrays.asList(documents)));
  }

  /** A record type {@code com.example.thing} with one property {@code x}, and other definitions. */
  static RecordSchema record(String schemaOfX, String otherDefs) {
    return lexicons(document(schemaOfX, otherDefs)).record(THING).orElseThrow();
  }

  static RecordSchema record(String schemaOfX) {
    return record(schemaOfX, "");
  }

  static LexiconDocument document(String schemaOfX, String otherDefs) {
    return LexiconDocument.parse(
        json(
            "{'lexicon':1,'id':'com.example.thing','defs':{'main':{'type':'record','key':'any',"
                + "'record':{'type':'object','properties':{'x':"
                + schemaOfX
                + "}}}"
                + otherDefs
                + "}}"));
  }

  static final Nsid THING = Nsid.parse("com.example.thing");

  /** A record of that type with the property as given. */
  static Value.Obj thing(String x) {
    return json("{'$type':'com.example.thing','x':" + x + "}");
  }

  static Value.Obj thing(Value x) {
    return new Value.Obj(java.util.Map.of("$type", Value.of("com.example.thing"), "x", x));
  }
}
