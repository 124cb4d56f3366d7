package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.List;
import java.util.Map;

/**
 * An object that says by {@code $type} which of several definitions it follows.
 *
 * @param refs as the document lists them, for messages
 * @param variants by the {@code $type} that selects them
 * @param closed whether other types are refused; an open union lets them pass unchecked
 */
record UnionSchema(List<String> refs, Map<String, RefSchema> variants, boolean closed)
    implements Schema {

  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Obj object)
        || !(object.entries().get("$type") instanceof Value.Text(String type))) {
      throw at.failure("must be an object which includes the \"$type\" property");
    }
    RefSchema variant = variants.get(type);
    if (variant != null) {
      return variant.validate(value, at);
    }
    if (closed) {
      throw at.failure("$type must be one of " + String.join(", ", refs));
    }
    return value;
  }
}
