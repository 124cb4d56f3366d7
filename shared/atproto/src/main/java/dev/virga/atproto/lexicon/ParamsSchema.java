package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.ObjectSchema.Property;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The query parameters of a method: booleans, integers, strings and arrays of one of these. */
record ParamsSchema(ObjectSchema object) {
  /** More digits, and a sign, than any 64-bit integer has. */
  private static final int MAX_INTEGER_LENGTH = 20;

  static final ParamsSchema NONE = new ParamsSchema(new ObjectSchema(List.of(), List.of()));

  /**
   * Reads a query string's parameters as typed values.
   *
   * <p>As in the reference: of a repeated parameter that is no array, the first counts; an empty
   * one counts as absent; unknown ones are ignored.
   */
  Value.Obj parse(Map<String, List<String>> query, Trail at) {
    Map<String, Value> typed = new HashMap<>();
    for (Property property : object.properties()) {
      List<String> texts = query.getOrDefault(property.name(), List.of());
      if (texts.isEmpty()) {
        continue;
      }
      if (property.schema() instanceof ArraySchema array) {
        typed.put(
            property.name(),
            new Value.Array(texts.stream().map(text -> typed(array.items(), text)).toList()));
      } else if (!texts.getFirst().isEmpty()) {
        typed.put(property.name(), typed(property.schema(), texts.getFirst()));
      }
    }
    return (Value.Obj) object.validate(new Value.Obj(typed), at);
  }

  /** The value that a text stands for; text that stands for none stays text, to be refused. */
  private static Value typed(Schema schema, String text) {
    if (schema instanceof BooleanSchema && (text.equals("true") || text.equals("false"))) {
      return Value.of(text.equals("true"));
    }
    if (schema instanceof IntegerSchema && isInteger(text)) {
      try {
        return Value.of(Long.parseLong(text));
      } catch (NumberFormatException beyond64Bits) {
        return Value.of(text);
      }
    }
    return Value.of(text);
  }

  private static boolean isInteger(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    if (text.length() == start || text.length() > MAX_INTEGER_LENGTH) {
      return false;
    }
    return text.chars().skip(start).allMatch(c -> c >= '0' && c <= '9');
  }
}
