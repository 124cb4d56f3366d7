package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;

/** Any object but a blob. */
record UnknownSchema() implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Obj object)) {
      throw at.failure("must be an object");
    }
    if (object.text("$type").filter(BlobSchema.TYPE::equals).isPresent()) {
      throw at.failure("must not be a blob");
    }
    return value;
  }
}
