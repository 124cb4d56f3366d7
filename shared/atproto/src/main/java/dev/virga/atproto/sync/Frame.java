package dev.virga.atproto.sync;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Datetime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A message of the stream: header and payload.
 *
 * @param type the name of the message; empty for an error, which ends the stream
 */
public record Frame(Optional<String> type, Value.Obj payload) {
  /** Bytes in a message; atproto.com/specs/event-stream, "limits". */
  public static final int MAX_BYTES = 5_000_000;

  private static final long MESSAGE = 1;
  private static final long ERROR = -1;

  /** An event with the number and time that the sequencer of its host gave it. */
  public record Event(long seq, Instant time, EventBody body) {}

  /**
   * The event that this message tells; empty if it is an error or about the stream itself.
   *
   * @throws IllegalArgumentException ({@link DataException} or a syntax error) if it is of an
   *     unknown type, or a field is missing or malformed
   */
  public Optional<Event> event() {
    if (type.isEmpty() || type.get().equals(InfoMessage.TYPE)) {
      return Optional.empty();
    }
    Fields fields = new Fields(payload);
    long seq = fields.integer("seq");
    if (seq < 1 || seq > EventWriter.MAX_SEQ) {
      throw new DataException("event with a number out of range");
    }
    Instant time = Datetime.parse(fields.text("time")).instant();
    return Optional.of(new Event(seq, time, fields.event(type.get())));
  }

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
   * @throws DataException if it is anything else, or longer than {@link #MAX_BYTES}
   */
  public static Frame decode(byte[] frame) {
    if (frame.length > MAX_BYTES) {
      throw new DataException("frame of more than " + MAX_BYTES + " bytes");
    }
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
