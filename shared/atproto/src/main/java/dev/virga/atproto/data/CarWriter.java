package dev.virga.atproto.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

/**
 * Writes a CAR (content-addressed archive, version 1): a header with the roots, then blocks in the
 * order given. Trusts that each block matches its CID.
 *
 * <p>Does not buffer and does not close: both are the stream's owner's affair. Source: the CARv1
 * specification.
 */
public final class CarWriter {
  /** A varint for an array's length and a CID. */
  private static final int MAX_PREFIX = 5 + Cid.LENGTH;

  private final OutputStream out;
  private final byte[] prefix = new byte[MAX_PREFIX];

  /** Starts an archive by writing its header. */
  public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
    this.out = out;
    byte[] header = header(roots);
    out.write(prefix, 0, varint(header.length));
    out.write(header);
  }

  public void write(Block block) throws IOException {
    write(block.cid(), block.bytes());
  }

  public void write(Cid cid, byte[] block) throws IOException {
    int length = varint((long) Cid.LENGTH + block.length);
    cid.copyTo(prefix, length);
    out.write(prefix, 0, length + Cid.LENGTH);
    out.write(block);
  }

  /** A whole archive with one root. */
  public static byte[] toBytes(Cid root, Collection<Block> blocks) {
    List<Cid> roots = List.of(root);
    long size = headerSize(roots);
    for (Block block : blocks) {
      size += sectionSize(block.bytes().length);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(size));
    try {
      CarWriter writer = new CarWriter(bytes, roots);
      for (Block block : blocks) {
        writer.write(block);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The bytes that the header with these roots takes. */
  public static long headerSize(List<Cid> roots) {
    int length = header(roots).length;
    return varintSize(length) + length;
  }

  /** The bytes that a block of this many bytes takes, with its length and CID. */
  public static long sectionSize(int blockBytes) {
    long length = (long) Cid.LENGTH + blockBytes;
    return varintSize(length) + length;
  }

  private static byte[] header(List<Cid> roots) {
    return DagCbor.encode(
        Value.Obj.builder()
            .put("roots", new Value.Array(roots.stream().map(Value::of).toList()))
            .put("version", 1)
            .build());
  }

  private static long varintSize(long number) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 6) / 7);
  }

  private int varint(long number) {
    int at = 0;
    long rest = number;
    for (; rest >= 0x80; rest >>>= 7) {
      prefix[at++] = (byte) (rest | 0x80);
    }
    prefix[at++] = (byte) rest;
    return at;
  }
}
