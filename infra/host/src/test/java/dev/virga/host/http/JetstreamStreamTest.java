package dev.virga.host.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.host.Spectator;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.FrameSink;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
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

  private WebSocket connect(String query, Spectator spectator, String... headers) {
    return spectator.open(client, server.port(), "/subscribe" + query, headers);
  }

  private static byte[] frame(Did did, long seq) {
    return AccountEvent.active(did).frame(seq, TIME);
  }

  @Test
  void eventsArriveAsText() throws Exception {
    Spectator spectator = new Spectator();
    connect("?wantedDids=" + ALICE, spectator);
    FrameSink firehose = sinks.take();
    firehose.offer(frame(BOB, 1));
    firehose.offer(frame(ALICE, 2));
    assertThat(spectator.nextText())
        .isEqualTo(
            """
            {"did":"did:web:alice.example.com","time_us":2,"kind":"account","account":{"active":true,\
            "did":"did:web:alice.example.com","seq":2,"time":"2026-01-01T00:00:00.000Z"}}\
            """);
  }

  @Test
  void badParametersAreRefusedBeforeTheUpgrade() {
    for (String query : List.of("?cursor=x", "?wantedDids=x", "?compress=true", "?cursor=%zz")) {
      assertThatThrownBy(() -> connect(query.replace("%zz", "%25zz"), new Spectator()))
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              e -> {
                assertThat(e.getResponse().statusCode()).isEqualTo(400);
              });
    }
    assertThatThrownBy(() -> connect("", new Spectator(), "Socket-Encoding", "zstd"))
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
    assertThat(sinks).isEmpty();
  }

  @Test
  void anUpdateInPiecesIsPutTogether() throws Exception {
    Spectator spectator = new Spectator();
    WebSocket socket = connect("?requireHello=true", spectator);
    socket.sendText("{\"type\":\"options_", false).join();
    socket.sendText("update\",\"payload\":{\"wantedDids\":[\"", false).join();
    socket.sendPing(java.nio.ByteBuffer.allocate(0)).join();
    socket.sendText(BOB + "\"]}}", true).join();
    FrameSink firehose = sinks.take();
    firehose.offer(frame(ALICE, 1));
    firehose.offer(frame(BOB, 2));
    assertThat(spectator.nextText()).contains(BOB.text());
  }

  @Test
  void malformedAndOverlongMessagesEndTheStream() throws Exception {
    Spectator malformed = new Spectator();
    connect("", malformed).sendText("what?", true).join();
    assertThat(malformed.end()).isEqualTo("1007 InvalidMessage");
    Spectator overlong = new Spectator();
    connect("", overlong).sendText("x".repeat(Jetstream.MAX_MESSAGE + 1), true).join();
    assertThat(overlong.end()).isEqualTo("1009 MessageTooLong");
  }

  @Test
  void aSlowSubscriberIsDroppedWithoutAFrameThatIsNoEvent() throws Exception {
    Spectator slow = Spectator.deaf();
    connect("", slow);
    FrameSink firehose = sinks.take();
    for (long seq = 1; firehose.offer(frame(ALICE, seq)); seq++) {
      assertThat(seq).isLessThan(10_000_000);
    }
    slow.read();
    assertThat(slow.end()).isEqualTo("1008 ConsumerTooSlow");
    assertThat(slow.rest()).allMatch(event -> new String(event, UTF_8).startsWith("{\"did\""));
  }
}
