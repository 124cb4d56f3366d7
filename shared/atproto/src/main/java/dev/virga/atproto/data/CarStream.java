package dev.virga.atproto.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/**
 * A CAR (content-addressed archive, version 1) as a stream to read from, for whoever takes no
 * {@link CarWriter}; asks for each block when its turn comes and holds a few of them at a time.
 *
 * <p>Source: the CARv1 specification.
 */
public final class CarStream extends InputStream {
  private static final int BUFFER = 64 * 1_024;

  /** Lets go of its bytes without copying them all. */
  private static final class Buffer extends ByteArrayOutputStream {
    private int read;

    Buffer() {
      super(2 * BUFFER);
    }

    int left() {
      return count - read;
    }

    int take(byte[] into, int offset, int length) {
      int taken = Math.min(length, left());
      System.arraycopy(buf, read, into, offset, taken);
      read += taken;
      return taken;
    }

    void empty() {
      reset();
      read = 0;
    }
  }

  private final Buffer buffer = new Buffer();
  private final CarWriter writer;
  private final Iterator<Block> blocks;

  /**
   * An archive.
   *
   * @param blocks its blocks in order; what it throws, reading throws
   */
  public CarStream(List<Cid> roots, Iterator<Block> blocks) throws IOException {
    this.writer = new CarWriter(buffer, roots);
    this.blocks = blocks;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (buffer.left() == 0) {
      fill();
    }
    return buffer.left() == 0 ? -1 : buffer.take(into, offset, length);
  }

  private void fill() throws IOException {
    buffer.empty();
    while (buffer.left() < BUFFER && blocks.hasNext()) {
      writer.write(blocks.next());
    }
  }
}
