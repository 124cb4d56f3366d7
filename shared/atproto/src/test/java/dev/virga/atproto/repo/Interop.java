package dev.virga.atproto.repo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads the community's test vectors, which are lists of flat objects. */
final class Interop {
  private Interop() {}

  static byte[] bytes(String name) {
    try (InputStream in = Interop.class.getResourceAsStream("/interop/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8).lines().toList();
  }

  /** The objects of a file; values are String, Integer or List of String. */
  static List<Map<String, Object>> objects(String name) {
    List<Map<String, Object>> objects = new ArrayList<>();
    try (JsonParser parser =
        new JsonFactory().createParser(ObjectReadContext.empty(), bytes(name))) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (String field = parser.nextName(); field != null; field = parser.nextName()) {
          parser.nextToken();
          object.put(field, Objects.requireNonNull(value(parser)));
        }
        objects.add(object);
      }
    }
    return objects;
  }

  private static @Nullable Object value(JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return parser.getIntValue();
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return parser.getString();
    }
    List<String> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(parser.getString());
    }
    return list;
  }

  @SuppressWarnings("unchecked")
  static List<String> strings(Map<String, Object> object, String field) {
    return (List<String>) Objects.requireNonNull(object.get(field));
  }

  static String string(Map<String, Object> object, String field) {
    return Objects.requireNonNull(object.get(field)).toString();
  }
}
