package dev.virga.host.http;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * Puts the frames of a client's text messages together; for one {@link EventStream}, not safe for
 * use by several threads.
 */
final class Gathering {
  /** Bytes of unfinished messages of all clients together. */
  private static final long MAX_TOTAL = 16L * 1024 * 1024;

  private final int max;
  private final AtomicLong total;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream(0);
  private boolean text;

  /** A message is too long, or too much is unfinished. */
  static final class TooLongException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Begins without a message.
   *
   * @param max bytes in a message
   * @param total the bytes that all gatherings hold
   */
  Gathering(int max, AtomicLong total) {
    this.max = max;
    this.total = total;
  }

  /** The message that a data frame completes, if it is text. */
  Optional<byte[]> add(Frame frame) throws TooLongException {
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      text = frame.getOpCode() == OpCode.TEXT;
    }
    if (!text || max == 0) {
      return Optional.empty();
    }
    int length = frame.getPayloadLength();
    if (total.addAndGet(length) > MAX_TOTAL || message.size() + length > max) {
      total.addAndGet(-length);
      drop();
      throw new TooLongException();
    }
    message.writeBytes(BufferUtil.toArray(frame.getPayload()));
    if (!frame.isFin()) {
      return Optional.empty();
    }
    byte[] whole = message.toByteArray();
    drop();
    return Optional.of(whole);
  }

  /** Lets go of an unfinished message. */
  void drop() {
    total.addAndGet(-message.size());
    message.reset();
    text = false;
  }
}
