package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An array whose items all follow one schema. */
record ArraySchema(Schema items, Range length) implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Array(List<Value> values))) {
      throw at.failure("must be an array");
    }
    if (values.size() > length.max()) {
      throw at.failure("must not have more than " + length.max() + " elements");
    }
    if (values.size() < length.min()) {
      throw at.failure("must not have fewer than " + length.min() + " elements");
    }
    List<Value> changed = validateItems(values, at);
    return changed == null ? value : new Value.Array(changed);
  }

  /** The items with defaults, or null if they have none to add. */
  private @Nullable List<Value> validateItems(List<Value> values, Trail at) {
    List<Value> changed = null;
    for (int i = 0; i < values.size(); i++) {
      Value item = values.get(i);
      at.enter(i);
      Value validated = items.validate(item, at);
      at.leave();
      if (isAnother(validated, item)) {
        changed = changed == null ? new ArrayList<>(values) : changed;
        changed.set(i, validated);
      }
    }
    return changed;
  }

  // Identity is meant: a schema that has nothing to add returns what it was given.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isAnother(Value validated, Value item) {
    return validated != item;
  }
}
