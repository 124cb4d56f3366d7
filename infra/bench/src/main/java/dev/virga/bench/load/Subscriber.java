package dev.virga.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A subscriber of the firehose that counts frames and looks at none. */
final class Subscriber implements AutoCloseable {
  private static final int BUFFER = 16 * 1024;

  private final Socket socket = new Socket();
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean open = true;

  /**
   * Connects.
   *
   * @param cursor to begin after; null for live frames only
   * @param reading whether it ever takes what is sent
   */
  Subscriber(URI server, @Nullable Long cursor, boolean reading) throws IOException {
    socket.setReceiveBufferSize(reading ? 1 << 18 : 1 << 12);
    socket.connect(
        new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
    String query = cursor == null ? "" : "?cursor=" + cursor;
    String request =
        "GET /xrpc/com.atproto.sync.subscribeRepos"
            + query
            + " HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            + "\r\nSec-WebSocket-Key: dmlyZ2EtdmlyZ2EtdmlyZw==\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    skipHead(in);
    if (reading) {
      Thread.ofVirtual().start(() -> read(in));
    }
  }

  private static void skipHead(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      head.append((char) in.readByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException("no WebSocket: " + head.substring(0, head.indexOf("\r")));
    }
  }

  private void read(DataInputStream in) {
    try {
      while (true) {
        int opcode = in.readUnsignedByte() & 0x0f;
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = in.readLong();
        }
        in.skipNBytes(length);
        if (opcode == 2) {
          frames.incrementAndGet();
          bytes.addAndGet(length);
          lastNanos = System.nanoTime();
        }
      }
    } catch (IOException e) {
      open = false;
    }
  }

  boolean isOpen() {
    return open;
  }

  long frames() {
    return frames.get();
  }

  long bytes() {
    return bytes.get();
  }

  /** When the last frame came, by {@link System#nanoTime}. */
  long lastNanos() {
    return lastNanos;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
