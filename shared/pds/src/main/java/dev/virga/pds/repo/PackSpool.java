package dev.virga.pds.repo;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of all packs of one repository in a temporary file: part of {@link RepoRebuild}.
 *
 * <p>Every block has been checked against its CID. Of one that is in several packs the place in the
 * last one added is kept. Memory: some 150 bytes for each block.
 */
final class PackSpool implements BlockSource, AutoCloseable {
  private static final CarReader.Limits LIMITS =
      new CarReader.Limits(2_000_000, 10_000_000, 64L << 30);

  /**
   * Where a block is.
   *
   * @param rev of the pack
   * @param at where the block's bytes begin in the pack
   */
  record Place(String pack, Tid rev, long at, long spooled, int length) {}

  private final Path file;
  private final FileChannel channel;
  private final Map<Cid, Place> places = new HashMap<>();
  private long end;

  PackSpool(Path directory) throws IOException {
    file = Files.createTempFile(directory, "rebuild", ".blocks");
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Adds the blocks of a pack.
   *
   * @return the CID of its commit
   * @throws StoreException if it is missing or damaged; what could be read of it was added
   */
  Cid add(String pack, Tid rev, Objects objects) throws IOException {
    try (Objects.Opened opened =
            objects.open(pack).orElseThrow(() -> new StoreException("object is missing: " + pack));
        CarReader car = new CarReader(opened.content(), LIMITS)) {
      Cid root = car.root();
      long at = CarWriter.headerSize(car.roots());
      for (Optional<Block> next = car.next(); next.isPresent(); next = car.next()) {
        byte[] bytes = next.get().bytes();
        at += CarWriter.sectionSize(bytes.length);
        append(bytes);
        places.put(
            next.get().cid(),
            new Place(pack, rev, at - bytes.length, end - bytes.length, bytes.length));
      }
      return root;
    } catch (DataException e) {
      throw new StoreException("pack is damaged: " + pack + ": " + e.getMessage(), e);
    }
  }

  private void append(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      end += channel.write(buffer, end);
    }
  }

  /** Where a block is that was added. */
  Place place(Cid cid) {
    @Nullable Place place = places.get(cid);
    if (place == null) {
      throw new MissingBlockException(cid);
    }
    return place;
  }

  @Override
  public byte[] load(Cid cid) {
    Place place = place(cid);
    ByteBuffer buffer = ByteBuffer.allocate(place.length());
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, place.spooled() + buffer.position()) < 0) {
          throw new IOException("temporary file is cut short: " + file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
