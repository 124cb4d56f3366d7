package dev.virga.atproto.sync;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.Arrays;
import java.util.Optional;

/**
 * A message of the stream: header and payload.
 *
 * @param type the name of the message; empty for an error, which ends the stream
 */
public record Frame(Optional<String> type, Value.Obj payload) {
  private static final long MESSAGE = 1;
  private static final long ERROR = -1;

  /** A message with a name such as {@code #info}. */
  static byte[] message(String type, Value.Obj payload) {
    return join(Value.Obj.builder().put("op", MESSAGE).put("t", type).build(), payload);
  }

  /**
   * The message that tells a subscriber why the stream ends.
   *
   * @param error a name of the lexicon, e.g. {@code FutureCursor}
   */
  public static byte[] error(String error, String message) {
    return join(
        Value.Obj.builder().put("op", ERROR).build(),
        Value.Obj.builder().put("error", error).put("message", message).build());
  }

  private static byte[] join(Value.Obj header, Value.Obj payload) {
    byte[] head = DagCbor.encode(header);
    byte[] body = DagCbor.encode(payload);
    byte[] frame = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, frame, head.length, body.length);
    return frame;
  }

  /**
   * Reads a message.
   *
   * @throws DataException if it is anything else
   */
  public static Frame decode(byte[] frame) {
    int headerLength = headerLength(frame);
    Value.Obj header = DagCbor.decodeObj(Arrays.copyOf(frame, headerLength));
    Value.Obj payload = DagCbor.decodeObj(Arrays.copyOfRange(frame, headerLength, frame.length));
    long op = header.integer("op").orElseThrow(() -> new DataException("frame without op"));
    if (op == ERROR) {
      return new Frame(Optional.empty(), payload);
    }
    if (op != MESSAGE || header.text("t").isEmpty()) {
      throw new DataException("frame of unknown kind");
    }
    return new Frame(header.text("t"), payload);
  }

  /** The length of the map at the start, which holds one or two short entries. */
  private static int headerLength(byte[] frame) {
    if (frame.length < 1 || (frame[0] != (byte) 0xa1 && frame[0] != (byte) 0xa2)) {
      throw new DataException("frame without a header");
    }
    int at = 1;
    for (int items = 2 * (frame[0] & 0x1f); items > 0; items--) {
      at += itemLength(frame, at);
    }
    return at;
  }

  private static int itemLength(byte[] frame, int at) {
    int initial = at < frame.length ? frame[at] & 0xff : 0xff;
    int major = initial >>> 5;
    int info = initial & 0x1f;
    boolean text = major == 3;
    if (info >= 24 || (major > 1 && !text) || at + 1 + (text ? info : 0) > frame.length) {
      throw new DataException("frame with a malformed header");
    }
    return 1 + (text ? info : 0);
  }
}
