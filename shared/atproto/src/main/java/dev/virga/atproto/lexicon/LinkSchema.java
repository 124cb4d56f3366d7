package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;

/** A link to another block ({@code cid-link}). */
record LinkSchema() implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Link)) {
      throw at.failure("must be a CID");
    }
    return value;
  }
}
