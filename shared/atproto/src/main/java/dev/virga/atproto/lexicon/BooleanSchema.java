package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import org.jspecify.annotations.Nullable;

/** True or false, perhaps only one of them. */
record BooleanSchema(@Nullable Boolean constant, Value.@Nullable Bool fallback) implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Bool(boolean flag))) {
      throw at.failure("must be a boolean");
    }
    if (constant != null && flag != constant) {
      throw at.failure("must be " + constant);
    }
    return value;
  }
}
