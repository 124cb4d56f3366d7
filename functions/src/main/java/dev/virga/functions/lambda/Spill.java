package dev.virga.functions.lambda;

import dev.virga.pds.store.Objects;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Gathers an answer in memory, and what turns out too large for that in an object, as it comes: a
 * part of {@link Answers}.
 */
final class Spill extends OutputStream {
  private static final int PIPE = 256 * 1024;

  private final Objects objects;
  private final String name;
  private final int limit;
  private ByteArrayOutputStream head = new ByteArrayOutputStream(64 * 1024);
  private @Nullable Upload upload;

  /**
   * @param name of the object that is made if need be
   * @param limit the most bytes kept in memory
   */
  Spill(Objects objects, String name, int limit) {
    this.objects = objects;
    this.name = name;
    this.limit = limit;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (upload == null && head.size() + length > limit) {
      upload = new Upload(objects, name);
      head.writeTo(upload.sink);
      head = new ByteArrayOutputStream(0);
    }
    if (upload == null) {
      head.write(bytes, offset, length);
    } else {
      upload.sink.write(bytes, offset, length);
    }
  }

  /** Whether there is an object now, rather than bytes. */
  boolean isObject() {
    return upload != null;
  }

  byte[] bytes() {
    return head.toByteArray();
  }

  /**
   * Says that this is all, and waits until it is stored.
   *
   * @throws dev.virga.pds.store.StoreException if it could not be
   */
  void finish() throws IOException {
    if (upload != null) {
      upload.finish();
    }
  }

  /** Says that the rest will not come: nothing is stored. */
  void abandon() {
    if (upload != null) {
      upload.abandon();
    }
  }

  /** The second half of a pipe, on a thread of its own. */
  private static final class Upload {
    final PipedOutputStream sink = new PipedOutputStream();
    private final FutureTask<Long> stored;
    private volatile boolean whole;

    Upload(Objects objects, String name) throws IOException {
      PipedInputStream pipe = new PipedInputStream(sink, PIPE);
      stored =
          new FutureTask<>(
              () -> {
                try (InputStream in = checked(pipe)) {
                  return objects.putStream(name, in, Objects.Metadata.NONE);
                }
              });
      Thread.ofVirtual().name("spill").start(stored);
    }

    /** An end that is none is a failure, so that a part is never stored for the whole. */
    private InputStream checked(InputStream pipe) {
      return new FilterInputStream(pipe) {
        @Override
        public int read() throws IOException {
          return checked(super.read());
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
          return checked(super.read(into, offset, length));
        }

        private int checked(int read) throws IOException {
          if (read < 0 && !whole) {
            throw new IOException("the answer broke off");
          }
          return read;
        }
      };
    }

    void finish() throws IOException {
      whole = true;
      sink.close();
      try {
        stored.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IOException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    void abandon() {
      try {
        sink.close();
        stored.get();
      } catch (ExecutionException | IOException expected) {
        // nothing was stored, as was wanted
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
