package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A whole number; an empty {@code oneOf} means any. */
record IntegerSchema(
    @Nullable Long constant, List<Long> oneOf, Range range, Value.@Nullable Int fallback)
    implements Schema {

  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Int(long number))) {
      throw at.failure("must be an integer");
    }
    if (constant != null && number != constant) {
      throw at.failure("must be " + constant);
    }
    if (!oneOf.isEmpty() && !oneOf.contains(number)) {
      String choices = oneOf.stream().map(String::valueOf).collect(Collectors.joining("|"));
      throw at.failure("must be one of (" + choices + ")");
    }
    if (number > range.max()) {
      throw at.failure("can not be greater than " + range.max());
    }
    if (number < range.min()) {
      throw at.failure("can not be less than " + range.min());
    }
    return value;
  }
}
