package dev.virga.atproto.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A second, naive DAG-CBOR encoder straight from RFC 8949: what {@link DagCbor} must agree with.
 */
final class PlainCbor {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private PlainCbor() {}

  static byte[] encode(Value value) {
    PlainCbor encoder = new PlainCbor();
    encoder.write(value);
    return encoder.out.toByteArray();
  }

  private void write(Value value) {
    switch (value) {
      case Value.Int(long number) -> head(number < 0 ? 1 : 0, number < 0 ? -1 - number : number);
      case Value.Bytes(byte[] bytes) -> content(2, bytes);
      case Value.Text(String text) -> content(3, text.getBytes(StandardCharsets.UTF_8));
      case Value.Link(Cid cid) -> {
        head(6, 42);
        byte[] bytes = new byte[37];
        System.arraycopy(cid.toBytes(), 0, bytes, 1, 36);
        content(2, bytes);
      }
      case Value.Bool(boolean flag) -> head(7, flag ? 21 : 20);
      case Value.Null _ -> head(7, 22);
      case Value.Array(List<Value> items) -> {
        head(4, items.size());
        items.forEach(this::write);
      }
      case Value.Obj obj -> writeObj(obj);
    }
  }

  private void writeObj(Value.Obj obj) {
    // Canonical order of keys is the order of their encodings, heads included.
    List<byte[]> keys = new ArrayList<>();
    obj.entries().keySet().forEach(key -> keys.add(encode(Value.of(key))));
    keys.sort(Arrays::compareUnsigned);
    head(5, keys.size());
    for (byte[] key : keys) {
      out.writeBytes(key);
      write(obj.get(((Value.Text) DagCbor.decode(key)).value()).orElseThrow());
    }
  }

  private void content(int major, byte[] bytes) {
    head(major, bytes.length);
    out.writeBytes(bytes);
  }

  private void head(int major, long argument) {
    int length = argument < 24 ? 0 : argument < 256 ? 1 : argument < 65_536 ? 2 : 4;
    length = argument >= 1L << 32 ? 8 : length;
    int info = length == 0 ? (int) argument : 24 + Integer.numberOfTrailingZeros(length);
    out.write(major << 5 | info);
    for (int i = length - 1; i >= 0; i--) {
      out.write((int) (argument >>> (8 * i)));
    }
  }
}
