package dev.virga.atproto.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Datetime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes one event or frame as DAG-CBOR without a tree, the one long byte string copied once. How
 * {@link EventBody} is encoded; its callers see to the canonical order of keys.
 */
final class EventWriter {
  /** Numbers beyond are not exact in JavaScript, and consumers refuse them. */
  static final long MAX_SEQ = (1L << 53) - 1;

  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final byte FALSE = (byte) 0xf4;
  private static final byte TRUE = (byte) 0xf5;
  private static final byte NULL = (byte) 0xf6;

  /** Tag 42, a byte string of 37, of which the first is zero. */
  private static final byte[] LINK = {(byte) 0xd8, 0x2a, 0x58, Cid.LENGTH + 1, 0};

  private static final int FIRST_SIZE = 512;

  private final long seq;
  private final @Nullable String time;
  private byte[] bytes = new byte[FIRST_SIZE];
  private int size;
  private byte[] spliced = {};
  private int splicedAt;

  private EventWriter(long seq, @Nullable String time) {
    this.seq = seq;
    this.time = time;
  }

  /** A header, then the payload with number and time. */
  static byte[] frame(EventBody body, long seq, Instant time) {
    EventWriter out = header(body.type(), seq, time);
    out.body(body);
    return out.toBytes();
  }

  /** Begins a frame: its header, and a payload of so many fields beside number and time. */
  static EventWriter begin(String type, int fields, long seq, Instant time) {
    EventWriter out = header(type, seq, time);
    out.begin(fields);
    return out;
  }

  private static EventWriter header(String type, long seq, Instant time) {
    if (seq < 1 || seq > MAX_SEQ) {
      throw new IllegalArgumentException("seq out of range: " + seq);
    }
    EventWriter out = new EventWriter(seq, Datetime.of(time).text());
    out.head(MAP, 2);
    out.text("t", type);
    out.integer("op", 1);
    return out;
  }

  /** An array of the event's name and the payload without number and time. */
  static byte[] atRest(EventBody body) {
    EventWriter out = new EventWriter(0, null);
    out.head(ARRAY, 2);
    out.string(body.type());
    out.body(body);
    return out.toBytes();
  }

  /** The payload without number and time. */
  static byte[] payload(EventBody body) {
    EventWriter out = new EventWriter(0, null);
    out.body(body);
    return out.toBytes();
  }

  private void body(EventBody body) {
    switch (body) {
      case CommitEvent event -> event.write(this);
      case SyncEvent event -> event.write(this);
      case IdentityEvent event -> event.write(this);
      case AccountEvent event -> event.write(this);
    }
  }

  /** Begins the payload. The fields counted are the event's own, without seq and time. */
  void begin(int fields) {
    head(MAP, fields + (time == null ? 0 : 2));
  }

  /** The place of {@code seq} among the keys. */
  void seq() {
    if (time != null) {
      integer("seq", seq);
    }
  }

  /** The place of {@code time} among the keys. */
  void time() {
    optionalText("time", time);
  }

  void array(String key, int items) {
    key(key);
    head(ARRAY, items);
  }

  /** Begins a map within an array. */
  void map(int fields) {
    head(MAP, fields);
  }

  void text(String key, String text) {
    key(key);
    string(text);
  }

  void optionalText(String key, @Nullable String text) {
    if (text != null) {
      text(key, text);
    }
  }

  void nullableText(String key, @Nullable String text) {
    key(key);
    if (text == null) {
      one(NULL);
    } else {
      string(text);
    }
  }

  void bool(String key, boolean flag) {
    key(key);
    one(flag ? TRUE : FALSE);
  }

  private void integer(String key, long number) {
    key(key);
    head(number < 0 ? NEGATIVE : UNSIGNED, number < 0 ? -1 - number : number);
  }

  void optionalLink(String key, @Nullable Cid cid) {
    if (cid != null) {
      nullableLink(key, cid);
    }
  }

  void nullableLink(String key, @Nullable Cid cid) {
    key(key);
    if (cid == null) {
      one(NULL);
      return;
    }
    reserve(LINK.length + Cid.LENGTH);
    System.arraycopy(LINK, 0, bytes, size, LINK.length);
    cid.copyTo(bytes, size + LINK.length);
    size += LINK.length + Cid.LENGTH;
  }

  /** The event's blocks; at most one such field. */
  void blocks(String key, byte[] content) {
    key(key);
    head(BYTES, content.length);
    spliced = content;
    splicedAt = size;
  }

  private void key(String key) {
    string(key);
  }

  private void string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    head(TEXT, utf8.length);
    reserve(utf8.length);
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
  }

  private void head(int major, long argument) {
    if (argument < 24) {
      one((byte) (major << 5 | (int) argument));
      return;
    }
    int power = argument < 1 << 8 ? 0 : argument < 1 << 16 ? 1 : argument < 1L << 32 ? 2 : 3;
    one((byte) (major << 5 | 24 + power));
    for (int shift = (8 << power) - 8; shift >= 0; shift -= 8) {
      one((byte) (argument >>> shift));
    }
  }

  private void one(byte b) {
    reserve(1);
    bytes[size++] = b;
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }

  /** Adds encoded bytes as they are. */
  void copy(byte[] from, int start, int end) {
    reserve(end - start);
    System.arraycopy(from, start, bytes, size, end - start);
    size += end - start;
  }

  byte[] toBytes() {
    byte[] all = new byte[size + spliced.length];
    System.arraycopy(bytes, 0, all, 0, splicedAt);
    System.arraycopy(spliced, 0, all, splicedAt, spliced.length);
    System.arraycopy(bytes, splicedAt, all, splicedAt + spliced.length, size - splicedAt);
    return all;
  }
}
