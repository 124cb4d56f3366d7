package dev.virga.atproto.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the interoperability vectors: arrays of flat objects, every scalar as text. */
final class Fixtures {
  /** One vector. */
  record Row(Map<String, String> cells) {
    String get(String name) {
      return Objects.requireNonNull(cells.get(name), name);
    }
  }

  private Fixtures() {}

  static List<Row> load(String name) {
    List<Row> rows = new ArrayList<>();
    try (InputStream in = Fixtures.class.getResourceAsStream("/interop/crypto/" + name);
        JsonParser json =
            new JsonFactory().createParser(ObjectReadContext.empty(), Objects.requireNonNull(in))) {
      Map<String, String> row = new HashMap<>();
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.END_OBJECT) {
          rows.add(new Row(Map.copyOf(row)));
          row.clear();
        } else if (token.isScalarValue() && json.currentName() != null) {
          row.put(json.currentName(), json.getString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }
}
