package dev.virga.host.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.FrameSink;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class JetstreamStreamTest {
  private static final Did ALICE = Did.parse("did:web:alice.example.com");
  private static final Did BOB = Did.parse("did:web:bob.example.com");
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private final BlockingQueue<FrameSink> sinks = new LinkedBlockingQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    XrpcDispatcher xrpc =
        new XrpcDispatcher(
            List.of(),
            Lexicons.bundled(),
            (access, method, request) -> Credentials.ANONYMOUS,
            RateLimiter.NONE,
            (method, request) -> HttpResponse.empty());
    EventLog log = new EventLog(new MemoryIndex(), () -> TIME, Duration.ofDays(3));
    server = HttpServer.bind(0);
    server.serve(
        new Site(xrpc, List.of()),
        (cursor, sink) -> {},
        new Jetstream((cursor, sink) -> sinks.add(sink), log),
        10);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    client.shutdownNow();
  }

  /** What a subscriber gets to see. */
  private static final class Listener implements WebSocket.Listener {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        events.add(partial.toString());
        partial.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code + " " + reason);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }

    @Nullable String next() throws InterruptedException {
      return events.poll(30, TimeUnit.SECONDS);
    }
  }

  private WebSocket connect(String query, Listener listener, String... headers) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder
        .buildAsync(URI.create("ws://localhost:" + server.port() + "/subscribe" + query), listener)
        .join();
  }

  private static byte[] frame(Did did, long seq) {
    return AccountEvent.active(did).frame(seq, TIME);
  }

  @Test
  void eventsArriveAsText() throws Exception {
    Listener listener = new Listener();
    connect("?wantedDids=" + ALICE, listener);
    FrameSink firehose = sinks.take();
    firehose.offer(frame(BOB, 1));
    firehose.offer(frame(ALICE, 2));
    assertThat(listener.next())
        .isEqualTo(
            """
            {"did":"did:web:alice.example.com","time_us":2,"kind":"account","account":{"active":true,\
            "did":"did:web:alice.example.com","seq":2,"time":"2026-01-01T00:00:00.000Z"}}\
            """);
  }

  @Test
  void badParametersAreRefusedBeforeTheUpgrade() {
    for (String query : List.of("?cursor=x", "?wantedDids=x", "?compress=true", "?cursor=%zz")) {
      assertThatThrownBy(() -> connect(query.replace("%zz", "%25zz"), new Listener()))
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              e -> {
                assertThat(e.getResponse().statusCode()).isEqualTo(400);
              });
    }
    assertThatThrownBy(() -> connect("", new Listener(), "Socket-Encoding", "zstd"))
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
    assertThat(sinks).isEmpty();
  }

  @Test
  void anUpdateInPiecesIsPutTogether() throws Exception {
    Listener listener = new Listener();
    WebSocket socket = connect("?requireHello=true", listener);
    socket.sendText("{\"type\":\"options_", false).join();
    socket.sendText("update\",\"payload\":{\"wantedDids\":[\"", false).join();
    socket.sendPing(java.nio.ByteBuffer.allocate(0)).join();
    socket.sendText(BOB + "\"]}}", true).join();
    FrameSink firehose = sinks.take();
    firehose.offer(frame(ALICE, 1));
    firehose.offer(frame(BOB, 2));
    assertThat(listener.next()).contains(BOB.text());
  }

  @Test
  void malformedAndOverlongMessagesEndTheStream() throws Exception {
    Listener malformed = new Listener();
    connect("", malformed).sendText("what?", true).join();
    assertThat(malformed.closed.get(30, TimeUnit.SECONDS)).isEqualTo("1007 InvalidMessage");
    Listener overlong = new Listener();
    connect("", overlong).sendText("x".repeat(Jetstream.MAX_MESSAGE + 1), true).join();
    assertThat(overlong.closed.get(30, TimeUnit.SECONDS)).isEqualTo("1009 MessageTooLong");
  }

  @Test
  void aSlowSubscriberIsDroppedWithoutAFrameThatIsNoEvent() throws Exception {
    CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    BlockingQueue<String> codes = new LinkedBlockingQueue<>();
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    WebSocket.Listener slow =
        new WebSocket.Listener() {
          private final StringBuilder partial = new StringBuilder();

          @Override
          public void onOpen(WebSocket socket) {
            opened.complete(socket);
          }

          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
              texts.add(partial.toString());
              partial.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            codes.add(code + " " + reason);
            return CompletableFuture.completedFuture(null);
          }
        };
    client
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://localhost:" + server.port() + "/subscribe"), slow)
        .join();
    FrameSink firehose = sinks.take();
    for (long seq = 1; firehose.offer(frame(ALICE, seq)); seq++) {
      assertThat(seq).isLessThan(10_000_000);
    }
    opened.get().request(1);
    assertThat(codes.poll(30, TimeUnit.SECONDS)).isEqualTo("1008 ConsumerTooSlow");
    assertThat(texts).allMatch(text -> text.startsWith("{\"did\""));
  }
}
