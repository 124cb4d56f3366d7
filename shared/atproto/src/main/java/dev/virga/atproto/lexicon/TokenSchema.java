package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;

/** A name that means something by itself; as a value, its own full name. */
record TokenSchema(String name) implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Text(String text)) || !text.equals(name)) {
      throw at.failure("must be the token " + name);
    }
    return value;
  }
}
