package dev.virga.atproto.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a CAR (content-addressed archive, version 1) block by block, checking each against its CID;
 * holds one block at a time.
 *
 * <p>Source: the CARv1 specification; atproto.com/specs/repository, "CAR file serialization".
 */
public final class CarReader implements AutoCloseable {
  /** Enough for a hundred roots; repositories have one. */
  private static final int MAX_HEADER_BYTES = 4_096;

  /** Bytes of a section's length: five of seven bits reach beyond the largest array. */
  private static final int MAX_VARINT_BYTES = 5;

  private static final int BUFFER = 64 * 1_024;

  private final InputStream in;
  private final Limits limits;
  private final List<Cid> roots;
  private long bytes;
  private long blocks;

  /**
   * What an archive may hold; more of anything is refused as soon as it is seen.
   *
   * @param maxBlockBytes bytes of one block, without its CID
   * @param maxBlocks number of blocks
   * @param maxTotalBytes bytes of the whole archive
   */
  public record Limits(int maxBlockBytes, long maxBlocks, long maxTotalBytes) {
    public Limits {
      if (maxBlockBytes < 0 || maxBlocks < 0 || maxTotalBytes < 0) {
        throw new IllegalArgumentException("a negative limit");
      }
    }
  }

  /**
   * Opens an archive and reads its header. Closing the reader closes the stream.
   *
   * @throws DataException if that is not the header of a CAR of version 1
   * @throws IOException if the stream fails
   */
  public CarReader(InputStream in, Limits limits) throws IOException {
    this.in = new BufferedInputStream(in, BUFFER);
    this.limits = limits;
    long length = varint();
    if (length < 1 || length > MAX_HEADER_BYTES) {
      throw new DataException("not a CAR: no header, or one that is too large");
    }
    this.roots = roots(DagCbor.decodeObj(exactly((int) length)));
  }

  private static List<Cid> roots(Value.Obj header) {
    if (header.integer("version").orElse(0) != 1) {
      throw new DataException("not a CAR of version 1");
    }
    List<Cid> roots = new ArrayList<>();
    for (Value root :
        header.array("roots").orElseThrow(() -> new DataException("a CAR without roots"))) {
      if (!(root instanceof Value.Link(Cid cid))) {
        throw new DataException("a CAR with a root that is no CID");
      }
      roots.add(cid);
    }
    return List.copyOf(roots);
  }

  /** The roots that the header names; may be empty, their blocks may be absent. */
  public List<Cid> roots() {
    return roots;
  }

  /**
   * The only root.
   *
   * @throws DataException if there are none or several
   */
  public Cid root() {
    if (roots.size() != 1) {
      throw new DataException("a CAR with one root is expected, not " + roots.size());
    }
    return roots.getFirst();
  }

  /**
   * Reads the next block; empty at the end.
   *
   * @throws DataException if the archive is cut off, a block does not match its CID, a CID is not
   *     of the blessed form, or a limit is exceeded
   * @throws IOException if the stream fails
   */
  public Optional<Block> next() throws IOException {
    long length = varint();
    if (length < 0) {
      return Optional.empty();
    }
    if (++blocks > limits.maxBlocks()) {
      throw new DataException("a CAR with more than " + limits.maxBlocks() + " blocks");
    }
    if (length < Cid.LENGTH) {
      throw new DataException("a CAR section without a CID");
    }
    if (length - Cid.LENGTH > limits.maxBlockBytes()) {
      throw new DataException("a block of more than " + limits.maxBlockBytes() + " bytes");
    }
    Cid cid = Cid.fromBytes(exactly(Cid.LENGTH));
    byte[] block = exactly((int) length - Cid.LENGTH);
    if (!cid.addresses(block)) {
      throw new DataException("a block that does not match its CID: " + cid);
    }
    return Optional.of(new Block(cid, block));
  }

  /**
   * Reads all blocks that are left into memory, in order; a repeated block counts once.
   *
   * @throws DataException as {@link #next}
   * @throws IOException if the stream fails
   */
  public Map<Cid, byte[]> readAll() throws IOException {
    Map<Cid, byte[]> all = new LinkedHashMap<>();
    for (Optional<Block> block = next(); block.isPresent(); block = next()) {
      all.putIfAbsent(block.get().cid(), block.get().bytes());
    }
    return all;
  }

  /** An unsigned LEB128 number in its shortest form, or -1 at the end of the archive. */
  private long varint() throws IOException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      int b = in.read();
      if (b < 0) {
        if (i == 0) {
          return -1;
        }
        throw cutOff();
      }
      count(1);
      value |= (long) (b & 0x7f) << (7 * i);
      if (b < 0x80) {
        if (b == 0 && i > 0) {
          throw new DataException("a CAR length not in its shortest form");
        }
        return value;
      }
    }
    throw new DataException("a CAR length that is too large");
  }

  private byte[] exactly(int length) throws IOException {
    count(length);
    // Grows as the bytes arrive: a length alone makes nobody allocate.
    byte[] content = in.readNBytes(length);
    if (content.length != length) {
      throw cutOff();
    }
    return content;
  }

  private void count(int more) {
    bytes += more;
    if (bytes > limits.maxTotalBytes()) {
      throw new DataException("a CAR of more than " + limits.maxTotalBytes() + " bytes");
    }
  }

  private static DataException cutOff() {
    return new DataException("a CAR that is cut off");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
