package dev.virga.pds.identity;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * The moment by which a fetch must be over; part of {@link VettedFetcher}.
 *
 * <p>A time-out of a socket is only for one read, so a server that sends a byte now and then could
 * hold a fetch for ever; {@link #guard} shortens it before each read.
 */
final class Deadline {
  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  static Deadline in(Duration time) {
    // Elapsed time, not the time of day: no test depends on it and no clock step may prolong it.
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** What is left, at least a millisecond, for zero would mean for ever. */
  int millisLeft() throws FetchException {
    long left = (nanos - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new FetchException("took too long");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }

  /** The socket's input, every read of it within what is left. */
  InputStream guard(Socket socket) throws IOException {
    return new FilterInputStream(socket.getInputStream()) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        socket.setSoTimeout(millisLeft());
        try {
          return super.read(into, from, length);
        } catch (SocketTimeoutException e) {
          throw new FetchException("took too long", e);
        }
      }
    };
  }
}
