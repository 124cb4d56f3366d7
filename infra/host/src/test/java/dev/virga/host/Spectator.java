package dev.virga.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A subscriber of one of a host's streams: what it got to see, and how that ended. */
public class Spectator implements WebSocket.Listener {
  private static final int PATIENCE_SECONDS = 30;

  private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private final boolean reading;

  /** One that reads all that comes. */
  public Spectator() {
    this(true);
  }

  private Spectator(boolean reading) {
    this.reading = reading;
  }

  /** One that does not read before {@link #read}. */
  public static Spectator deaf() {
    return new Spectator(false);
  }

  /**
   * Subscribes.
   *
   * @param path with its query
   * @param headers names and values
   */
  public final WebSocket open(HttpClient client, int port, String path, String... headers) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder.buildAsync(URI.create("ws://localhost:" + port + path), this).join();
  }

  @Override
  public void onOpen(WebSocket socket) {
    opened.complete(socket);
    if (reading) {
      socket.request(1);
    }
  }

  /** Begins to read. */
  public final void read() {
    opened.join().request(1);
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return take(socket, bytes, last);
  }

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    return take(socket, data.toString().getBytes(UTF_8), last);
  }

  private CompletionStage<?> take(WebSocket socket, byte[] bytes, boolean last) {
    partial.writeBytes(bytes);
    if (last) {
      messages.add(partial.toByteArray());
      partial.reset();
    }
    socket.request(1);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    end.complete(code + " " + reason);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    end.complete(error.toString());
  }

  /** The next message, which may be yet to come. */
  public final byte[] next() throws InterruptedException {
    byte[] message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("nothing came; the end: " + end.getNow("not yet"));
    }
    return message;
  }

  public final String nextText() throws InterruptedException {
    return new String(next(), UTF_8);
  }

  /** Waits for the end of the stream: code and reason, or what broke it. */
  public final String end() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** What came and was not taken yet. */
  public final BlockingQueue<byte[]> rest() {
    return messages;
  }
}
