package dev.virga.host.http;

import dev.virga.pds.sync.FrameSink;
import java.util.Optional;

/** What an {@link EventStream} carries and how it speaks, beyond WebSocket itself. */
interface Subscriber {
  /** The operation code of the frames sent: text or binary. */
  byte opCode();

  /** As {@link dev.virga.pds.sync.FrameSource#subscribe}, the cursor known. */
  void feed(FrameSink sink) throws InterruptedException;

  /** The last frame before a stream is closed with an error, if there is such a thing. */
  Optional<byte[]> farewell(String error, String message);

  /** The longest text of a client's that is gathered; 0 to drop them all. */
  int maxMessage();

  /** Takes a client's text message; must not block for long. */
  void receive(byte[] utf8, FrameSink sink);
}
