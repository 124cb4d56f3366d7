package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import org.jspecify.annotations.Nullable;

/** What values of one place in a record, input, output or message must look like. Immutable. */
sealed interface Schema extends Definition
    permits ArraySchema,
        BlobSchema,
        BooleanSchema,
        BytesSchema,
        IntegerSchema,
        LinkSchema,
        ObjectSchema,
        RefSchema,
        StringSchema,
        TokenSchema,
        UnionSchema,
        UnknownSchema {

  /**
   * Checks a value.
   *
   * @return the value itself, or a copy of it with the defaults of absent properties
   * @throws ValidationException naming the first thing that is wrong
   */
  Value validate(Value value, Trail at);

  /** What an absent property stands for. */
  default @Nullable Value fallback() {
    return null;
  }
}
