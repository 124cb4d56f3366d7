package dev.virga.pds.jetstream;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.pds.XrpcException;
import java.util.Optional;

/** What a subscriber says: {@code {"type": "options_update", "payload": {…}}}. */
final class ClientMessage {
  private ClientMessage() {}

  /**
   * The filter that a message sets in the place of the one before; empty if it is of another type,
   * which is ignored.
   *
   * @throws DataException if it is no JSON object with a type, or the payload of an update has
   *     another form
   * @throws XrpcException 400 InvalidRequest as {@link Filter#of}
   */
  static Optional<Filter> filter(byte[] utf8) {
    if (!(DataJson.parse(utf8) instanceof Value.Obj message)) {
      throw new DataException("not an object");
    }
    String type = message.text("type").orElseThrow(() -> new DataException("without a type"));
    if (!type.equals("options_update")) {
      return Optional.empty();
    }
    return Optional.of(
        switch (message.get("payload").orElse(Value.Null.NULL)) {
          case Value.Obj payload -> Filter.from(payload);
          case Value.Null _ -> Filter.ALL;
          default -> throw new DataException("payload must be an object");
        });
  }
}
