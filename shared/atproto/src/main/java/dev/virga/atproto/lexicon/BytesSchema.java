package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;

/** A byte string. */
record BytesSchema(Range length) implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Bytes(byte[] bytes))) {
      throw at.failure("must be a byte array");
    }
    if (bytes.length > length.max()) {
      throw at.failure("must not be larger than " + length.max() + " bytes");
    }
    if (bytes.length < length.min()) {
      throw at.failure("must not be smaller than " + length.min() + " bytes");
    }
    return value;
  }
}
