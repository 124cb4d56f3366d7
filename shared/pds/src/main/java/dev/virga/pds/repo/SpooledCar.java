package dev.virga.pds.repo;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.MissingBlockException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The blocks of a CAR from outside, spooled to a temporary file: part of {@link RepoImport}.
 *
 * <p>For the thread that made it alone. Each block is hashed once, as it comes, and lies in the
 * file behind its digest. Blocks are found through a table of digest prefixes and offsets, 16 bytes
 * for each slot, so that a repository of any permitted size needs little memory however its blocks
 * are ordered.
 */
final class SpooledCar implements BlockSource, AutoCloseable {
  private static final int LENGTH_BITS = 24;
  private static final long LENGTH_MASK = (1L << LENGTH_BITS) - 1;
  private static final int FIRST_SLOTS = 1 << 10;

  private final Path file;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment blocks;
  private final Cid root;
  private long[] prefixes = new long[FIRST_SLOTS];
  private long[] places = new long[FIRST_SLOTS];
  private int count;

  /**
   * Reads a CAR to its end.
   *
   * @param directory where the temporary file goes
   * @throws DataException if it is malformed, exceeds the limits, has a block of another hash than
   *     its CID says, or not exactly one root
   */
  SpooledCar(InputStream car, CarReader.Limits limits, Path directory) throws IOException {
    if (limits.maxBlockBytes() > LENGTH_MASK) {
      throw new IllegalArgumentException("blocks too large for the table");
    }
    file = Files.createTempFile(directory, "import", ".blocks");
    try {
      root = spool(car, limits);
      blocks = map();
    } catch (IOException | RuntimeException e) {
      arena.close();
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private MemorySegment map() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  private Cid spool(InputStream in, CarReader.Limits limits) throws IOException {
    try (CarReader car = new CarReader(in, limits);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      List<Cid> roots = car.roots();
      if (roots.size() != 1) {
        throw new DataException("expected one root, got " + roots.size());
      }
      long offset = 0;
      for (Optional<Block> next = car.next(); next.isPresent(); next = car.next()) {
        byte[] digest = digest(next.get().cid());
        byte[] bytes = next.get().bytes();
        out.write(digest);
        out.write(bytes);
        remember(prefix(digest), (offset << LENGTH_BITS) | bytes.length);
        offset += digest.length + bytes.length;
      }
      return roots.getFirst();
    }
  }

  private static byte[] digest(Cid cid) {
    byte[] digest = new byte[Cid.DIGEST_LENGTH];
    cid.copyDigestTo(digest, 0);
    return digest;
  }

  /** The first digits of a digest, never 0, which marks an empty slot. */
  private static long prefix(byte[] digest) {
    long prefix = ByteBuffer.wrap(digest).getLong();
    return prefix == 0 ? 1 : prefix;
  }

  private void remember(long prefix, long place) {
    if (2 * (count + 1) > prefixes.length) {
      grow();
    }
    insert(prefix, place);
  }

  private void insert(long prefix, long place) {
    int slot = (int) (prefix & (prefixes.length - 1));
    while (prefixes[slot] != 0) {
      if (prefixes[slot] == prefix) {
        return; // the same block again: nobody finds two with 64 equal bits by accident
      }
      slot = (slot + 1) & (prefixes.length - 1);
    }
    prefixes[slot] = prefix;
    places[slot] = place;
    count++;
  }

  private void grow() {
    long[] oldPrefixes = prefixes;
    long[] oldPlaces = places;
    prefixes = new long[oldPrefixes.length * 2];
    places = new long[prefixes.length];
    count = 0;
    for (int i = 0; i < oldPrefixes.length; i++) {
      if (oldPrefixes[i] != 0) {
        insert(oldPrefixes[i], oldPlaces[i]);
      }
    }
  }

  /** How many different blocks there are. */
  int count() {
    return count;
  }

  /** The CID that the header names. */
  Cid root() {
    return root;
  }

  @Override
  public byte[] load(Cid cid) {
    byte[] digest = digest(cid);
    long prefix = prefix(digest);
    int slot = (int) (prefix & (prefixes.length - 1));
    while (prefixes[slot] != 0) {
      if (prefixes[slot] == prefix) {
        long at = places[slot] >>> LENGTH_BITS;
        if (Arrays.equals(digest, read(at, digest.length))) {
          return read(at + digest.length, (int) (places[slot] & LENGTH_MASK));
        }
      }
      slot = (slot + 1) & (prefixes.length - 1);
    }
    throw new MissingBlockException(cid);
  }

  private byte[] read(long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(blocks, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    arena.close();
    Files.deleteIfExists(file);
  }
}
