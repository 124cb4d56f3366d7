package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object: which properties it must have, and what those it may have look like. Others pass.
 *
 * @param required names without a default, in the order of the document
 */
record ObjectSchema(List<String> required, List<Property> properties) implements Schema {
  /**
   * One property that the schema knows.
   *
   * @param nullable whether null stands in for a value
   * @param fallback what its absence stands for
   */
  record Property(String name, Schema schema, boolean nullable, @Nullable Value fallback) {}

  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Obj object)) {
      throw at.failure("must be an object");
    }
    for (String name : required) {
      if (!object.entries().containsKey(name)) {
        throw at.failure("must have the property \"" + name + "\"");
      }
    }
    Map<String, Value> changed = null;
    for (Property property : properties) {
      Value present = object.entries().get(property.name());
      Value validated = validateProperty(property, present, at);
      if (validated != null && isAnother(validated, present)) {
        changed = changed == null ? new HashMap<>(object.entries()) : changed;
        changed.put(property.name(), validated);
      }
    }
    return changed == null ? object : new Value.Obj(changed);
  }

  private static @Nullable Value validateProperty(
      Property property, @Nullable Value present, Trail at) {
    if (present == null) {
      return property.fallback();
    }
    if (property.nullable() && present == Value.Null.NULL) {
      return present;
    }
    at.enter(property.name());
    Value validated = property.schema().validate(present, at);
    at.leave();
    return validated;
  }

  // Identity is meant: a schema that has nothing to add returns what it was given.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isAnother(Value validated, @Nullable Value present) {
    return validated != present;
  }
}
