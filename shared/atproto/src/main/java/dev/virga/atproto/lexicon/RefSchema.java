package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;

/**
 * Whatever a definition elsewhere says, looked up when first needed.
 *
 * @param target the whole reference with its fragment: {@code com.atproto.repo.strongRef#main}
 */
record RefSchema(String target) implements Schema {
  @Override
  public Value validate(Value value, Trail at) {
    return at.resolve(target).validate(value, at);
  }
}
