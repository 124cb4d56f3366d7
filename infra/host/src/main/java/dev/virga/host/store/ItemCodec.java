package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.StoreException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * Items as bytes in a column of SQLite.
 *
 * <p>A version byte, the number of attributes, then each in order of names: name, kind, value. Then
 * four bytes of CRC-32C over the key and all that, so that no damage to either goes unseen. Lengths
 * and counts are LEB128 numbers, whole numbers the same after zigzag, texts UTF-8.
 */
final class ItemCodec {
  private static final byte VERSION = 2;
  private static final byte TEXT = 1;
  private static final byte WHOLE = 2;
  private static final byte FALSE = 3;
  private static final byte TRUE = 4;
  private static final byte BYTES = 5;

  /**
   * More than the lengths and the kind of an attribute take beside what {@link Item#bytes} counts.
   */
  private static final int FRAME_BYTES = 8;

  private static final int CHECK_BYTES = Integer.BYTES;

  private static final int MAX_SHIFT = 63;

  private ItemCodec() {}

  static byte[] encode(Address address, Item item) {
    Map<String, Attribute> attributes = item.attributes();
    ByteBuffer out =
        ByteBuffer.allocate(item.bytes() + FRAME_BYTES * (attributes.size() + 1) + CHECK_BYTES);
    out.put(VERSION);
    putNumber(out, attributes.size());
    attributes.forEach(
        (name, attribute) -> {
          putBytes(out, name.getBytes(UTF_8));
          putAttribute(out, attribute);
        });
    out.putInt(check(address, out.array(), out.position()));
    return Arrays.copyOf(out.array(), out.position());
  }

  private static int check(Address address, byte[] encoded, int length) {
    CRC32C crc = new CRC32C();
    crc.update(address.partition());
    crc.update(0);
    crc.update(address.sort());
    crc.update(0);
    crc.update(encoded, 0, length);
    return (int) crc.getValue();
  }

  private static void putAttribute(ByteBuffer out, Attribute attribute) {
    switch (attribute) {
      case Attribute.Text(String text) -> putBytes(out.put(TEXT), text.getBytes(UTF_8));
      case Attribute.Whole(long number) ->
          putNumber(out.put(WHOLE), (number << 1) ^ (number >> MAX_SHIFT));
      case Attribute.Flag(boolean flag) -> out.put(flag ? TRUE : FALSE);
      case Attribute.Bytes(byte[] bytes) -> putBytes(out.put(BYTES), bytes);
    }
  }

  private static void putBytes(ByteBuffer out, byte[] bytes) {
    putNumber(out, bytes.length);
    out.put(bytes);
  }

  private static void putNumber(ByteBuffer out, long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /**
   * The item that was encoded for a key.
   *
   * @throws StoreException naming the key, if it or the bytes are damaged
   */
  static Item decode(Address address, byte[] encoded) {
    int length = encoded.length - CHECK_BYTES;
    if (length < 1 || encoded[0] != VERSION) {
      throw damaged(address, "is of an unknown version");
    }
    if (ByteBuffer.wrap(encoded).getInt(length) != check(address, encoded, length)) {
      throw damaged(address, "does not have its checksum");
    }
    ByteBuffer in = ByteBuffer.wrap(encoded, 1, length - 1);
    try {
      TreeMap<String, Attribute> attributes = new TreeMap<>();
      for (long left = number(in); left > 0; left--) {
        attributes.put(text(in), attribute(in));
      }
      if (in.hasRemaining()) {
        throw damaged(address, "has " + in.remaining() + " bytes too many");
      }
      return Item.ofStored(attributes);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new StoreException("stored item is damaged: " + address.key(), e);
    }
  }

  private static StoreException damaged(Address address, String how) {
    return new StoreException("stored item is damaged: " + address.key() + " " + how);
  }

  private static Attribute attribute(ByteBuffer in) {
    byte kind = in.get();
    return switch (kind) {
      case TEXT -> new Attribute.Text(text(in));
      case WHOLE -> {
        long zigzag = number(in);
        yield new Attribute.Whole((zigzag >>> 1) ^ -(zigzag & 1));
      }
      case FALSE -> new Attribute.Flag(false);
      case TRUE -> new Attribute.Flag(true);
      case BYTES -> new Attribute.Bytes(bytes(in));
      default -> throw new StoreException("stored item has an attribute of unknown kind " + kind);
    };
  }

  private static String text(ByteBuffer in) {
    return new String(bytes(in), UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[length(in)];
    in.get(bytes);
    return bytes;
  }

  private static int length(ByteBuffer in) {
    long length = number(in);
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return (int) length;
  }

  private static long number(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
      byte next = in.get();
      number |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new StoreException("stored item has an endless number");
  }
}
