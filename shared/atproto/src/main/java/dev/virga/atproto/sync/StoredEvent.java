package dev.virga.atproto.sync;

import dev.virga.atproto.data.DataException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event as {@link EventBody#encode} left it, turned into a frame without being understood: the
 * fields are copied as they are, and those that it lacks come to their places between them.
 */
final class StoredEvent {
  private static final int PAIR = 0x82;
  private static final int TEXT = 0x60;
  private static final int MAP = 0xa0;

  /** More than this is no event of ours. */
  private static final int MAX_DEPTH = 8;

  private static final String SEQ = "seq";
  private static final String TIME = "time";
  private static final String BLOCKS = "blocks";

  private final byte[] in;
  private int at;

  private StoredEvent(byte[] stored) {
    this.in = stored;
  }

  /**
   * The frame of a stored event.
   *
   * @param blocks what takes the place of the field of that name; null to leave that as it is
   * @throws DataException if it is not the encoding of an event
   */
  static byte[] frame(byte[] stored, byte @Nullable [] blocks, long seq, Instant time) {
    try {
      return new StoredEvent(stored).frame(blocks, seq, time);
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new DataException("stored event is cut short", e);
    }
  }

  /**
   * The name of a stored event's message.
   *
   * @throws DataException if it is not the encoding of an event
   */
  static String type(byte[] stored) {
    try {
      return new StoredEvent(stored).type();
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new DataException("stored event is cut short", e);
    }
  }

  private String type() {
    if ((in[at++] & 0xff) != PAIR) {
      throw malformed();
    }
    return text();
  }

  private byte[] frame(byte @Nullable [] blocks, long seq, Instant time) {
    String type = type();
    int fields = shortHead(MAP);
    EventWriter out = EventWriter.begin(type, fields, seq, time);
    boolean numbered = false;
    boolean timed = false;
    for (int left = fields; left > 0; left--) {
      int start = at;
      String key = text();
      if (!numbered && follows(key, SEQ)) {
        out.seq();
        numbered = true;
      }
      if (!timed && follows(key, TIME)) {
        out.time();
        timed = true;
      }
      skip(MAX_DEPTH);
      if (blocks != null && key.equals(BLOCKS)) {
        out.blocks(BLOCKS, blocks);
      } else {
        out.copy(in, start, at);
      }
    }
    if (!numbered) {
      out.seq();
    }
    if (!timed) {
      out.time();
    }
    if (at != in.length) {
      throw malformed();
    }
    return out.toBytes();
  }

  /** Whether a key comes after another in DAG-CBOR's order: by length, then by bytes. */
  private static boolean follows(String key, String other) {
    return key.length() == other.length()
        ? key.compareTo(other) > 0
        : key.length() > other.length();
  }

  private String text() {
    int length = shortHead(TEXT);
    at += length;
    return new String(in, at - length, length, StandardCharsets.US_ASCII);
  }

  /** A head whose argument is in its first byte. */
  private int shortHead(int major) {
    int argument = (in[at++] & 0xff) - major;
    if (argument < 0 || argument > 23 || argument > in.length - at) {
      throw malformed();
    }
    return argument;
  }

  /** Goes on to the end of a value. */
  private void skip(int depth) {
    int first = in[at++] & 0xff;
    int major = first >>> 5;
    int info = first & 0x1f;
    long argument = info;
    if (info > 23) {
      int length = info > 27 ? 0 : 1 << (info - 24);
      argument = 0;
      for (int i = 0; i < length; i++) {
        argument = argument << 8 | (in[at++] & 0xff);
      }
    }
    switch (major) {
      case 2, 3 -> {
        if (argument < 0 || argument > in.length - at) {
          throw malformed();
        }
        at += (int) argument;
      }
      case 4, 5, 6 -> {
        long items = major == 4 ? argument : major == 5 ? 2 * argument : 1;
        if (depth == 0 || items < 0 || items > in.length - at) {
          throw malformed();
        }
        for (; items > 0; items--) {
          skip(depth - 1);
        }
      }
      default -> {
        // A number, or one of the simple values, has nothing more.
      }
    }
  }

  private static DataException malformed() {
    return new DataException("not a stored event");
  }
}
