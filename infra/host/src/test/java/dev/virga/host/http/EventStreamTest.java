package dev.virga.host.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.host.Spectator;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.FrameSink;
import dev.virga.pds.sync.FrameSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class EventStreamTest {
  private static final int CAPACITY = 10;

  private final BlockingQueue<FrameSink> sinks = new LinkedBlockingQueue<>();
  private final BlockingQueue<OptionalLong> cursors = new LinkedBlockingQueue<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable HttpServer server;

  private HttpServer serve(FrameSource source) throws IOException {
    XrpcDispatcher xrpc =
        new XrpcDispatcher(
            List.of(),
            Lexicons.bundled(),
            (access, method, request) -> Credentials.ANONYMOUS,
            RateLimiter.NONE,
            (method, request) -> HttpResponse.empty());
    HttpServer started = HttpServer.bind(0);
    EventLog log = new EventLog(new MemoryIndex(), () -> Instant.EPOCH, Duration.ofDays(3));
    started.serve(new Site(xrpc, List.of()), source, new Jetstream(source, log), CAPACITY);
    server = started;
    return started;
  }

  private HttpServer serve() throws IOException {
    return serve(
        (cursor, sink) -> {
          cursors.add(cursor);
          sinks.add(sink);
        });
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
    client.shutdownNow(); // closing would wait for the subscribers that do not read
  }

  private WebSocket connect(HttpServer to, String query, Spectator spectator) {
    return spectator.open(client, to.port(), "/xrpc/com.atproto.sync.subscribeRepos" + query);
  }

  @Test
  void framesArriveWholeAndInOrder() throws Exception {
    HttpServer to = serve();
    Spectator spectator = new Spectator();
    connect(to, "", spectator);
    FrameSink sink = sinks.take();
    byte[] large = new byte[3_000_000];
    large[2_999_999] = 7;
    assertThat(sink.offer(new byte[] {1})).isTrue();
    assertThat(sink.offer(large)).isTrue();
    assertThat(sink.put(new byte[] {2})).isTrue();
    assertThat(spectator.next()).containsExactly(1);
    assertThat(spectator.next()).isEqualTo(large);
    assertThat(spectator.next()).containsExactly(2);
  }

  @Test
  void theCursorIsHandedOver() throws Exception {
    HttpServer to = serve();
    connect(to, "?cursor=42", new Spectator());
    assertThat(cursors.take()).isEqualTo(OptionalLong.of(42));
    connect(to, "", new Spectator());
    assertThat(cursors.take()).isEqualTo(OptionalLong.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?cursor=x",
        "?cursor=",
        "?cursor=1.5",
        "?cursor=99999999999999999999",
        "?cursor=%25"
      })
  void aBadCursorIsRefusedInAFrame(String query) throws Exception {
    HttpServer to = serve();
    Spectator spectator = new Spectator();
    connect(to, query, spectator);
    assertThat(text(spectator.next())).contains("InvalidRequest");
    assertThat(spectator.end()).isEqualTo("1008 InvalidRequest");
    assertThat(sinks).isEmpty();
  }

  @Test
  void aSourceMayRefuse() throws Exception {
    HttpServer to =
        serve(
            (cursor, sink) -> {
              throw XrpcException.badRequest("FutureCursor", "Cursor in the future.");
            });
    Spectator spectator = new Spectator();
    connect(to, "?cursor=1", spectator);
    byte[] frame = spectator.next();
    // {"op": -1} and then {"error": …, "message": …}
    assertThat(frame).startsWith(0xa1, 0x62, 'o', 'p', 0x20, 0xa2);
    assertThat(text(frame)).contains("FutureCursor", "Cursor in the future.");
    assertThat(spectator.end()).isEqualTo("1008 FutureCursor");
  }

  @Test
  void aSourceThatFailsEndsTheStreamWithoutDetails() throws Exception {
    HttpServer to =
        serve(
            (cursor, sink) -> {
              throw new IllegalStateException("secret");
            });
    Spectator spectator = new Spectator();
    connect(to, "", spectator);
    assertThat(spectator.end()).isEqualTo("1011 InternalServerError");
  }

  @Test
  void closingSendsFirstWhatWaits() throws Exception {
    HttpServer to = serve();
    Spectator spectator = new Spectator();
    connect(to, "", spectator);
    FrameSink sink = sinks.take();
    sink.offer(new byte[] {1});
    sink.offer(new byte[] {2});
    sink.close(1008, "Because");
    assertThat(sink.offer(new byte[] {3})).isFalse();
    assertThat(spectator.next()).containsExactly(1);
    assertThat(spectator.next()).containsExactly(2);
    assertThat(spectator.end()).isEqualTo("1008 Because");
  }

  @Test
  void aSubscriberWhoDoesNotReadIsDroppedAndNeverWaitedFor() throws Exception {
    HttpServer to = serve();
    connect(to, "", Spectator.deaf());
    FrameSink sink = sinks.take();
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    sink.onClose(() -> gone.complete(true));
    byte[] frame = new byte[1_000_000];
    int sent = 0;
    while (sink.offer(frame)) {
      assertThat(++sent).as("frames taken in").isLessThan(1_000);
    }
    assertThat(sink.isOpen()).isFalse();
    assertThat(gone.get(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void framesThatComeTogetherArriveInOrderThoughMoreThanMayWait() throws Exception {
    HttpServer to = serve();
    Spectator spectator = new Spectator();
    connect(to, "", spectator);
    FrameSink sink = sinks.take();
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 20 * CAPACITY; i++) {
      frames.add(ByteBuffer.allocate(4 + i).putInt(i).array());
    }
    assertThat(sink.offer(frames)).isTrue();
    assertThat(sink.put(frames)).isTrue();
    for (int i = 0; i < 2 * frames.size(); i++) {
      assertThat(spectator.next()).isEqualTo(frames.get(i % frames.size()));
    }
  }

  @Test
  void oneWhoDoesNotReadIsDroppedInTheMidstOfFramesThatComeTogether() throws Exception {
    HttpServer to = serve();
    connect(to, "", Spectator.deaf());
    FrameSink sink = sinks.take();
    assertThat(sink.offer(Collections.nCopies(1_000, new byte[1_000_000]))).isFalse();
    assertThat(sink.isOpen()).isFalse();
  }

  @Test
  void aSlowSubscriberIsToldSo() throws Exception {
    HttpServer to = serve();
    Spectator slow = Spectator.deaf();
    connect(to, "", slow);
    FrameSink sink = sinks.take();
    byte[] frame = new byte[1_000_000];
    while (sink.offer(frame)) {
      Thread.onSpinWait();
    }
    slow.read();
    byte[] last = slow.next();
    while (last.length == frame.length) {
      last = slow.next();
    }
    assertThat(text(last)).contains("ConsumerTooSlow");
    assertThat(slow.end()).isEqualTo("1008 ConsumerTooSlow");
  }

  @Test
  void replayGoesAtTheReadersPace() throws Exception {
    int frames = 20 * CAPACITY;
    HttpServer to =
        serve(
            (cursor, sink) -> {
              for (int i = 0; i < frames; i++) {
                sink.put(ByteBuffer.allocate(100_000).putInt(i).array());
              }
            });
    Spectator spectator = new Spectator();
    connect(to, "?cursor=0", spectator);
    for (int i = 0; i < frames; i++) {
      assertThat(ByteBuffer.wrap(spectator.next()).getInt()).isEqualTo(i);
    }
  }

  @Test
  void aSourceThatWaitsIsInterruptedWhenTheSubscriberLeaves() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    HttpServer to =
        serve(
            (cursor, sink) -> {
              sinks.add(sink);
              try {
                new CompletableFuture<Void>().get();
              } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException(e);
              } catch (InterruptedException e) {
                interrupted.complete(true);
                throw e;
              }
            });
    WebSocket socket = connect(to, "", new Spectator());
    FrameSink sink = sinks.take();
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();
    assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(sink.isOpen()).isFalse();
    assertThat(sink.put(new byte[1])).isFalse();
  }

  @Test
  void whatTheClientSendsIsIgnoredExceptPings() throws Exception {
    HttpServer to = serve();
    CompletableFuture<Boolean> pong = new CompletableFuture<>();
    Spectator spectator =
        new Spectator() {
          @Override
          public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            pong.complete(message.get() == 5);
            socket.request(1);
            return CompletableFuture.completedFuture(null);
          }
        };
    WebSocket socket = connect(to, "", spectator);
    FrameSink sink = sinks.take();
    socket.sendText("hello", true).join();
    socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).join();
    socket.sendPing(ByteBuffer.wrap(new byte[] {5})).join();
    assertThat(pong.get(30, TimeUnit.SECONDS)).isTrue();
    sink.offer(new byte[] {9});
    assertThat(spectator.next()).containsExactly(9);
  }

  @Test
  void closingTheServerSendsSubscribersAway() throws Exception {
    HttpServer to = serve();
    Spectator spectator = new Spectator();
    connect(to, "", spectator);
    sinks.take();
    to.close();
    assertThat(spectator.end()).startsWith("1001 ");
  }

  @Test
  void otherPathsHaveNoStreams() throws Exception {
    HttpServer to = serve();
    assertThatThrownBy(() -> new Spectator().open(client, to.port(), "/other"))
        .hasMessageContaining("WebSocketHandshakeException");
  }

  private static String text(byte[] frame) {
    return new String(frame, StandardCharsets.ISO_8859_1);
  }
}
