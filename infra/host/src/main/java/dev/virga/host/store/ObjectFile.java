package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Objects.Metadata;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The file of one object: its bytes, then its metadata as lines {@code name=value}, then a footer
 * of fixed size that tells where each ends. One file, so that no crash can separate them; the bytes
 * first, so that any tool can look at them.
 *
 * <p>The footer has a checksum of the bytes, and one of all the rest and of the object's name:
 * neither a damaged file nor another object's is ever taken for what was stored. A part of the
 * bytes alone is not checked.
 */
final class ObjectFile implements AutoCloseable {
  private static final int MAGIC = 0x56524732; // VRG2
  private static final int FOOTER_BYTES = Long.BYTES + 4 * Integer.BYTES;

  /** What of the footer its own checksum is about. */
  private static final int CHECKED_BYTES = Long.BYTES + 2 * Integer.BYTES;

  /** More than any metadata that could have been put. */
  private static final int MAX_METADATA_BYTES = 8_192;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final int check;
  private final Metadata metadata;

  private ObjectFile(Path path, FileChannel channel, long size, int check, Metadata metadata) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.check = check;
    this.metadata = metadata;
  }

  /**
   * What follows the bytes of an object in its file.
   *
   * @param check the CRC-32C of the bytes
   */
  static ByteBuffer trailer(String name, long size, int check, Metadata metadata) {
    StringBuilder lines = new StringBuilder();
    metadata
        .entries()
        .forEach((entry, value) -> lines.append(entry).append('=').append(value).append('\n'));
    byte[] encoded = lines.toString().getBytes(US_ASCII);
    ByteBuffer trailer =
        ByteBuffer.allocate(encoded.length + FOOTER_BYTES)
            .put(encoded)
            .putLong(size)
            .putInt(encoded.length)
            .putInt(check);
    int own = check(name, trailer.array(), trailer.position());
    return trailer.putInt(own).putInt(MAGIC).flip();
  }

  private static int check(String name, byte[] trailer, int length) {
    CRC32C crc = new CRC32C();
    crc.update(name.getBytes(UTF_8));
    crc.update(0);
    crc.update(trailer, 0, length);
    return (int) crc.getValue();
  }

  /**
   * Opens an object's file.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws StoreException if it is not what was written under this name
   */
  static ObjectFile open(Path path, String name) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return open(path, name, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ObjectFile open(Path path, String name, FileChannel channel) throws IOException {
    long length = channel.size();
    if (length < FOOTER_BYTES) {
      throw damaged(path);
    }
    ByteBuffer footer = readFully(path, channel, length - FOOTER_BYTES, FOOTER_BYTES);
    long size = footer.getLong();
    int metadataBytes = footer.getInt();
    int check = footer.getInt();
    int own = footer.getInt();
    if (footer.getInt() != MAGIC
        || metadataBytes < 0
        || metadataBytes > MAX_METADATA_BYTES
        || size != length - FOOTER_BYTES - metadataBytes) {
      throw damaged(path);
    }
    byte[] trailer = readFully(path, channel, size, metadataBytes + CHECKED_BYTES).array();
    if (own != check(name, trailer, trailer.length)) {
      throw damaged(path);
    }
    return new ObjectFile(path, channel, size, check, metadata(trailer, metadataBytes));
  }

  private static Metadata metadata(byte[] trailer, int length) {
    if (length == 0) {
      return Metadata.NONE;
    }
    Map<String, String> entries = new HashMap<>();
    for (String line : new String(trailer, 0, length, US_ASCII).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        entries.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new Metadata(entries);
  }

  long size() {
    return size;
  }

  Metadata metadata() {
    return metadata;
  }

  /** A part of the object's bytes, for whoever can tell by other means that they are right. */
  byte[] read(long offset, int length) throws IOException {
    return readFully(path, channel, offset, length).array();
  }

  /** All of the object's bytes. */
  byte[] readAll() throws IOException {
    byte[] bytes = read(0, Math.toIntExact(size));
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    if ((int) crc.getValue() != check) {
      throw damaged(path);
    }
    return bytes;
  }

  /**
   * The object's bytes from the start; closes this with it. The last ones come only if all were
   * right, else an {@link IOException}.
   */
  InputStream stream() {
    return new Content();
  }

  private static ByteBuffer readFully(Path path, FileChannel channel, long offset, int length)
      throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    while (into.hasRemaining()) {
      if (channel.read(into, offset + into.position()) < 0) {
        throw damaged(path);
      }
    }
    return into.flip();
  }

  private static StoreException damaged(Path path) {
    return new StoreException("object file " + path + " is damaged");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The first part of the file, without the trailer. */
  private final class Content extends InputStream {
    private final CRC32C crc = new CRC32C();
    private long at;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (at == size) {
        requireWhole(); // of an empty object nothing was read before
        return length == 0 ? 0 : -1;
      }
      ByteBuffer buffer = ByteBuffer.wrap(into, offset, (int) Math.min(length, size - at));
      int count = channel.read(buffer, at);
      if (count < 0) {
        throw new IOException(damaged(path));
      }
      crc.update(into, offset, count);
      at += count;
      if (at == size) {
        requireWhole();
      }
      return count;
    }

    private void requireWhole() throws IOException {
      if ((int) crc.getValue() != check) {
        throw new IOException(damaged(path));
      }
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, size - at);
    }

    @Override
    public void close() throws IOException {
      ObjectFile.this.close();
    }
  }
}
