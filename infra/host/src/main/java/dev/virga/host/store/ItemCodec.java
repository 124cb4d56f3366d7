package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
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
  static final byte TEXT = 1;
  static final byte WHOLE = 2;
  static final byte FALSE = 3;
  static final byte TRUE = 4;
  static final byte BYTES = 5;

  /**
   * More than the lengths and the kind of an attribute take beside what {@link Item#bytes} counts.
   */
  private static final int FRAME_BYTES = 8;

  private static final int CHECK_BYTES = Integer.BYTES;

  static final int MAX_SHIFT = 63;

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
   * The item that was encoded for a key; its attributes are decoded as they are asked for.
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
    return Item.ofStored(new EncodedAttributes(encoded, length));
  }

  private static StoreException damaged(Address address, String how) {
    return new StoreException("stored item is damaged: " + address.key() + " " + how);
  }
}
