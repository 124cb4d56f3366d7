package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of a lexicon document, read by name and type. Part of {@link DocumentReader}.
 *
 * @param where its path in the document, for messages
 */
record Fields(String where, Value.Obj object) {
  String text(String key) {
    return optionalText(key).orElseThrow(() -> failure(key, "must be a string"));
  }

  Optional<String> optionalText(String key) {
    Value value = object.entries().get(key);
    return value == null ? Optional.empty() : Optional.of(asText(key, value));
  }

  /** An integer, or null if absent. */
  @Nullable Long number(String key) {
    return switch (object.entries().get(key)) {
      case null -> null;
      case Value.Int(long number) -> number;
      default -> throw failure(key, "must be an integer");
    };
  }

  /** A boolean, or null if absent. */
  @Nullable Boolean flag(String key) {
    return switch (object.entries().get(key)) {
      case null -> null;
      case Value.Bool(boolean flag) -> flag;
      default -> throw failure(key, "must be a boolean");
    };
  }

  boolean isTrue(String key) {
    return Boolean.TRUE.equals(flag(key));
  }

  /** The bounds under two keys; where there is no number, no bound. */
  Range range(String minKey, String maxKey) {
    Long min = number(minKey);
    Long max = number(maxKey);
    return new Range(min == null ? Range.ANY.min() : min, max == null ? Range.ANY.max() : max);
  }

  /** An array of strings, empty if absent. */
  List<String> texts(String key) {
    return array(key).stream().map(item -> asText(key, item)).toList();
  }

  /** An array of integers, empty if absent. */
  List<Long> numbers(String key) {
    List<Long> numbers = new ArrayList<>();
    for (Value item : array(key)) {
      if (!(item instanceof Value.Int(long number))) {
        throw failure(key, "must hold integers");
      }
      numbers.add(number);
    }
    return List.copyOf(numbers);
  }

  /** An array of objects, empty if absent. */
  List<Fields> list(String key) {
    List<Fields> list = new ArrayList<>();
    for (Value item : array(key)) {
      list.add(fields(key + "/" + list.size(), item));
    }
    return list;
  }

  private List<Value> array(String key) {
    return switch (object.entries().get(key)) {
      case null -> List.of();
      case Value.Array(List<Value> items) -> items;
      default -> throw failure(key, "must be an array");
    };
  }

  Fields child(String key) {
    return optionalChild(key).orElseThrow(() -> failure(key, "must be an object"));
  }

  Optional<Fields> optionalChild(String key) {
    Value value = object.entries().get(key);
    return value == null ? Optional.empty() : Optional.of(fields(key, value));
  }

  /** An object of objects by name, empty if absent. */
  Map<String, Fields> children(String key) {
    Map<String, Fields> children = new LinkedHashMap<>();
    optionalChild(key)
        .ifPresent(
            parent ->
                parent
                    .object
                    .entries()
                    .forEach((name, value) -> children.put(name, parent.fields(name, value))));
    return children;
  }

  private Fields fields(String key, Value value) {
    if (value instanceof Value.Obj child) {
      return new Fields(where + "/" + key, child);
    }
    throw failure(key, "must be an object");
  }

  private String asText(String key, Value value) {
    if (value instanceof Value.Text(String text)) {
      return text;
    }
    throw failure(key, "must be a string");
  }

  LexiconException failure(String key, String problem) {
    return new LexiconException(where + "/" + key + " " + problem);
  }
}
