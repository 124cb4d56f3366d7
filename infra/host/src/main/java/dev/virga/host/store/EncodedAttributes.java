package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.StoreException;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an item in the form of {@link ItemCodec}, which has seen that it is undamaged.
 *
 * <p>A reader wants two or three of them, so that it is cheaper to look for each from the start
 * than to decode all.
 */
final class EncodedAttributes implements Item.Encoded {
  /** Before the attributes: the version. */
  private static final int START = 1;

  private final byte[] encoded;
  private final int end;

  /**
   * Attributes that are part of an array.
   *
   * @param end where the checksum begins
   */
  EncodedAttributes(byte[] encoded, int end) {
    this.encoded = encoded;
    this.end = end;
  }

  @Override
  public @Nullable Attribute find(String name) {
    byte[] wanted = name.getBytes(UTF_8);
    Cursor in = new Cursor();
    for (long left = in.number(); left > 0; left--) {
      if (in.skipName(wanted)) {
        return in.attribute();
      }
      in.skipAttribute();
    }
    return null;
  }

  @Override
  public SortedMap<String, Attribute> all() {
    SortedMap<String, Attribute> all = new TreeMap<>();
    Cursor in = new Cursor();
    for (long left = in.number(); left > 0; left--) {
      all.put(in.text(), in.attribute());
    }
    return Collections.unmodifiableSortedMap(all);
  }

  /** A place in the encoded bytes. */
  private final class Cursor {
    private int at = START;

    /** Whether the name here is that one; goes on behind it. */
    boolean skipName(byte[] wanted) {
      int from = skip(length());
      return Arrays.equals(encoded, from, at, wanted, 0, wanted.length);
    }

    void skipAttribute() {
      switch (kind()) {
        case ItemCodec.TEXT, ItemCodec.BYTES -> skip(length());
        case ItemCodec.WHOLE -> number();
        default -> {}
      }
    }

    Attribute attribute() {
      byte kind = kind();
      return switch (kind) {
        case ItemCodec.TEXT -> new Attribute.Text(text());
        case ItemCodec.WHOLE -> {
          long zigzag = number();
          yield new Attribute.Whole((zigzag >>> 1) ^ -(zigzag & 1));
        }
        case ItemCodec.FALSE -> new Attribute.Flag(false);
        case ItemCodec.TRUE -> new Attribute.Flag(true);
        case ItemCodec.BYTES -> {
          int from = skip(length());
          yield new Attribute.Bytes(Arrays.copyOfRange(encoded, from, at));
        }
        default -> throw malformed("an attribute of unknown kind " + kind);
      };
    }

    String text() {
      int from = skip(length());
      return new String(encoded, from, at - from, UTF_8);
    }

    private byte kind() {
      return encoded[skip(1)];
    }

    private int length() {
      long length = number();
      return length < 0 || length > end ? end + 1 : (int) length;
    }

    /** Goes on by so many bytes, and says from where. */
    private int skip(int length) {
      int from = at;
      if (length > end - from) {
        throw malformed("an attribute that is cut off");
      }
      at = from + length;
      return from;
    }

    long number() {
      long number = 0;
      for (int shift = 0; shift <= ItemCodec.MAX_SHIFT; shift += 7) {
        byte next = encoded[skip(1)];
        number |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return number;
        }
      }
      throw malformed("an endless number");
    }
  }

  private static StoreException malformed(String what) {
    return new StoreException("stored item has " + what);
  }
}
