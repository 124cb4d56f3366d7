package dev.virga.functions.lambda.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Walks over the JSON of events, for the records of this package. */
final class EventJson {
  /** Events have 6 MB at most, and a body is one string of them. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private EventJson() {}

  /** Takes the value of a property: it leaves the parser at that value's last token. */
  @FunctionalInterface
  interface Property {
    void read(String name, JsonParser in);
  }

  /** Reads the object at which the parser is; anything else is passed over. */
  static void object(JsonParser in, Property each) {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      in.nextToken();
      each.read(name, in);
    }
  }

  /** Reads the elements of the array at which the parser is; anything else is passed over. */
  static void array(JsonParser in, Runnable each) {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      in.skipChildren();
      return;
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      each.run();
    }
  }

  /** The scalar at which the parser is, as text; null for null and for what is no scalar. */
  static @Nullable String text(JsonParser in) {
    JsonToken token = in.currentToken();
    if (token == null || !token.isScalarValue()) {
      in.skipChildren();
      return null;
    }
    return token == JsonToken.VALUE_NULL ? null : in.getString();
  }

  /** As {@link #text}, with nothing as the empty text. */
  static String textOrEmpty(JsonParser in) {
    String text = text(in);
    return text == null ? "" : text;
  }

  static List<String> texts(JsonParser in) {
    List<String> texts = new ArrayList<>();
    array(in, () -> texts.add(textOrEmpty(in)));
    return texts;
  }

  static Map<String, String> textsByName(JsonParser in) {
    Map<String, String> texts = new LinkedHashMap<>();
    object(in, (name, value) -> texts.put(name, textOrEmpty(value)));
    return texts;
  }
}
