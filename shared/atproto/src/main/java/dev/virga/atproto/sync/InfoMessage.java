package dev.virga.atproto.sync;

import dev.virga.atproto.data.Value;

/**
 * {@code #info}: something about the stream itself; it has no number.
 *
 * @param name {@code OutdatedCursor}
 */
public record InfoMessage(String name, String message) {
  static final String TYPE = "#info";

  public byte[] frame() {
    return Frame.message(
        TYPE, Value.Obj.builder().put("name", name).put("message", message).build());
  }
}
