package dev.virga.functions.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.LexiconDocument;
import dev.virga.atproto.lexicon.LexiconDocuments;
import dev.virga.atproto.lexicon.LexiconException;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.lexicon.MethodSchema;
import dev.virga.atproto.lexicon.RecordSchema;
import dev.virga.atproto.lexicon.ValidationException;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.xrpc.QueryString;
import dev.virga.pds.XrpcException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The readers of lexicons and of what lexicons describe: records and query strings. */
final class LexiconTargets {
  private static final Lexicons BUNDLED = Lexicons.bundled();
  private static final List<MethodSchema> METHODS =
      BUNDLED.ids().stream()
          .sorted(Comparator.comparing(Nsid::text))
          .map(BUNDLED::method)
          .flatMap(Optional::stream)
          .toList();

  private LexiconTargets() {}

  /** A document is malformed, or describes: whatever it is asked to check, it answers. */
  static void document(byte[] input) {
    LexiconDocument document;
    try {
      document = LexiconDocument.parse(input);
    } catch (LexiconException | DataException refused) {
      return;
    }
    assertThat(document.names()).isNotNull();
    assertThat(document.permissionSet()).isNotNull();
    Lexicons lexicons = new Lexicons(LexiconDocuments.of(List.of(document)));
    Value.Obj sample =
        DataJson.parse(input) instanceof Value.Obj json
            ? json.with("$type", Value.of(document.id().text()))
            : Value.Obj.EMPTY;
    lexicons.record(document.id()).ifPresent(schema -> validate(schema, sample));
    lexicons
        .method(document.id())
        .ifPresent(schema -> params(schema, Map.of("limit", List.of("1"), "", List.of("", "x"))));
  }

  /** A record is valid, or refused by name, by the bundled schema of its type. */
  static void record(byte[] input) {
    try {
      if (DataJson.parse(input) instanceof Value.Obj value) {
        Nsid type = Nsid.parse(value.text("$type").orElse(""));
        BUNDLED.record(type).ifPresent(schema -> validate(schema, value));
      }
    } catch (DataException | SyntaxException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }

  private static void validate(RecordSchema schema, Value.Obj value) {
    try {
      schema.validate(value);
    } catch (ValidationException | LexiconException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
      return;
    }
    schema.validateWithLegacyBlobs(value);
  }

  /** A query is malformed, or means the same parameters to each method however often it is read. */
  static void query(byte[] input) {
    Map<String, List<String>> query;
    try {
      query = QueryString.parse(new String(input, StandardCharsets.UTF_8));
    } catch (XrpcException refused) {
      assertThat(refused.status()).isEqualTo(400);
      return;
    }
    if (!METHODS.isEmpty()) {
      params(METHODS.get((input.length > 0 ? input[0] & 0xff : 0) % METHODS.size()), query);
    }
    query.keySet().stream()
        .filter(LexiconTargets::isNsid)
        .limit(3)
        .forEach(name -> BUNDLED.method(Nsid.parse(name)).ifPresent(m -> params(m, query)));
  }

  private static boolean isNsid(String text) {
    try {
      Nsid.parse(text);
      return true;
    } catch (SyntaxException e) {
      return false;
    }
  }

  private static void params(MethodSchema schema, Map<String, List<String>> query) {
    try {
      assertThat(schema.parseParams(query)).isEqualTo(schema.parseParams(query));
    } catch (ValidationException | LexiconException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }
}
