package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.virga.pds.store.Objects.Metadata;
import dev.virga.pds.store.StoreException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The file of one object: its bytes, then its metadata as lines {@code name=value}, then a footer
 * of fixed size that tells where each ends. One file, so that no crash can separate them; the bytes
 * first, so that any tool can look at them.
 */
final class ObjectFile implements AutoCloseable {
  private static final int MAGIC = 0x56524731; // VRG1
  private static final int FOOTER_BYTES = Long.BYTES + Integer.BYTES + Integer.BYTES;

  /** More than any metadata that could have been put. */
  private static final int MAX_METADATA_BYTES = 8_192;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private final int metadataBytes;

  private ObjectFile(Path path, FileChannel channel, long size, int metadataBytes) {
    this.path = path;
    this.channel = channel;
    this.size = size;
    this.metadataBytes = metadataBytes;
  }

  /** What follows the bytes of an object in its file. */
  static ByteBuffer trailer(long size, Metadata metadata) {
    StringBuilder lines = new StringBuilder();
    metadata
        .entries()
        .forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    byte[] encoded = lines.toString().getBytes(US_ASCII);
    return ByteBuffer.allocate(encoded.length + FOOTER_BYTES)
        .put(encoded)
        .putLong(size)
        .putInt(encoded.length)
        .putInt(MAGIC)
        .flip();
  }

  /**
   * Opens an object's file.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws StoreException if it is not what was written
   */
  static ObjectFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      long length = channel.size();
      if (length < FOOTER_BYTES) {
        throw damaged(path);
      }
      ByteBuffer footer = readFully(path, channel, length - FOOTER_BYTES, FOOTER_BYTES);
      long size = footer.getLong();
      int metadataBytes = footer.getInt();
      if (footer.getInt() != MAGIC
          || metadataBytes < 0
          || metadataBytes > MAX_METADATA_BYTES
          || size != length - FOOTER_BYTES - metadataBytes) {
        throw damaged(path);
      }
      return new ObjectFile(path, channel, size, metadataBytes);
    } catch (IOException | StoreException e) {
      channel.close();
      throw e;
    }
  }

  long size() {
    return size;
  }

  Metadata metadata() throws IOException {
    if (metadataBytes == 0) {
      return Metadata.NONE;
    }
    String lines = new String(readFully(path, channel, size, metadataBytes).array(), US_ASCII);
    Map<String, String> entries = new HashMap<>();
    for (String line : lines.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        entries.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new Metadata(entries);
  }

  byte[] read(long offset, int length) throws IOException {
    return readFully(path, channel, offset, length).array();
  }

  /** The object's bytes from the start; closes this with it. */
  InputStream stream() {
    return new Content(Channels.newInputStream(channel), size);
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

  /** The first part of a file, without the trailer. */
  private static final class Content extends FilterInputStream {
    private long left;

    Content(InputStream file, long size) {
      super(file);
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      int next = left > 0 ? in.read() : -1;
      left -= next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = in.read(into, offset, (int) Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(Math.min(count, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(in.available(), left);
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
