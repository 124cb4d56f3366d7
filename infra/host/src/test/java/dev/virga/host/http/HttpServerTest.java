package dev.virga.host.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Route;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.jetstream.Jetstream;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.sync.EventLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class HttpServerTest {
  private static final int MIB = 1024 * 1024;
  private static final String UPLOAD = "/xrpc/com.atproto.repo.uploadBlob";

  private final CountDownLatch slowBegan = new CountDownLatch(1);
  private final CountDownLatch slowMayEnd = new CountDownLatch(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private Site site;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    List<Route> routes =
        List.of(
            Route.get("/hello", request -> HttpResponse.text(200, "hello")),
            Route.get("/from", request -> HttpResponse.text(200, request.remoteAddress())),
            Route.get(
                "/seen/*",
                request -> HttpResponse.text(200, request.path() + "?" + request.rawQuery())),
            Route.get("/large", request -> json(100_000)),
            Route.get("/small", request -> json(100)),
            Route.get(
                "/car", request -> HttpResponse.stream("application/vnd.ipld.car", -1, this::car)),
            Route.get(
                "/blob", request -> HttpResponse.stream("image/png", 3L * MIB, out -> car(out))),
            Route.get("/late", request -> HttpResponse.stream("image/png", -1, this::failsLate)),
            Route.get("/early", request -> HttpResponse.stream("image/png", -1, this::failsEarly)),
            Route.get("/slow", this::slow));
    XrpcDispatcher xrpc =
        new XrpcDispatcher(
            List.of(new Upload()),
            Lexicons.bundled(),
            (access, method, request) -> Credentials.ANONYMOUS,
            RateLimiter.NONE,
            (method, request) -> {
              throw XrpcException.unauthorized("AuthMissing", "Authentication Required");
            });
    site = new Site(xrpc, routes);
    server = HttpServer.bind(0);
    EventLog log = new EventLog(new MemoryIndex(), () -> Instant.EPOCH, Duration.ofDays(3));
    server.serve(site, (cursor, sink) -> {}, new Jetstream((cursor, sink) -> {}, log), 10);
  }

  @AfterEach
  void stop() throws IOException {
    slowMayEnd.countDown();
    server.close();
    client.close();
  }

  private static HttpResponse json(int length) {
    return HttpResponse.bytes(
        "application/json; charset=utf-8", ("\"" + "x".repeat(length) + "\"").getBytes(UTF_8));
  }

  private void car(java.io.OutputStream out) throws IOException {
    byte[] chunk = new byte[1000];
    Arrays.fill(chunk, (byte) 'c');
    for (int left = 3 * MIB; left > 0; left -= chunk.length) {
      out.write(chunk, 0, Math.min(left, chunk.length));
    }
  }

  private void failsLate(java.io.OutputStream out) throws IOException {
    car(out);
    throw new IllegalStateException("half way");
  }

  private void failsEarly(java.io.OutputStream out) throws IOException {
    out.write(1);
    throw XrpcException.badRequest("BlobNotFound", "gone");
  }

  private HttpResponse slow(HttpRequest request) {
    slowBegan.countDown();
    try {
      if (!slowMayEnd.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let it end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return HttpResponse.text(200, "done");
  }

  /** Answers with the number of bytes it was sent. */
  private static final class Upload implements XrpcHandler {
    @Override
    public Endpoint endpoint() {
      return Endpoint.of("com.atproto.repo.uploadBlob", Access.open()).bodyLimit(5L * MIB);
    }

    @Override
    public HttpResponse handle(XrpcRequest request) throws IOException {
      try (InputStream body = request.body()) {
        byte[] buffer = new byte[8192];
        long count = 0;
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
          count += read;
        }
        return HttpResponse.text(200, String.valueOf(count));
      }
    }
  }

  private java.net.http.HttpRequest.Builder request(String path) {
    return java.net.http.HttpRequest.newBuilder(URI.create(origin() + path));
  }

  private String origin() {
    return "http://localhost:" + server.port();
  }

  private java.net.http.HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  @Test
  void answersOverHttp() throws Exception {
    var response = get("/hello");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello");
    assertThat(response.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
    assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(response.headers().firstValue("server")).isEmpty();
  }

  @Test
  void pathsAreDecodedAndQueriesAreNot() throws Exception {
    assertThat(get("/seen/a%20b?q=%20+&x").body()).isEqualTo("/seen/a b?q=%20+&x");
  }

  @Test
  void headHasTheHeadersButNoBody() throws Exception {
    var response =
        client.send(
            request("/blob")
                .method("HEAD", java.net.http.HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(response.headers().firstValueAsLong("content-length")).hasValue(3L * MIB);
    assertThat(response.body()).isEmpty();
    assertThat(get("/hello").body()).isEqualTo("hello");
  }

  @Test
  void aStreamOfKnownLengthKeepsItEvenIfCompressionIsOffered() throws Exception {
    var response =
        client.send(
            request("/blob").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
    assertThat(response.headers().firstValueAsLong("content-length")).hasValue(3L * MIB);
    assertThat(response.body()).hasSize(3 * MIB);
  }

  @Test
  void largeAnswersAreCompressedOnRequest() throws Exception {
    for (String path : List.of("/large", "/car")) {
      var response =
          client.send(
              request(path).header("Accept-Encoding", "br, gzip;q=0.5").build(),
              BodyHandlers.ofByteArray());
      assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
      assertThat(response.headers().firstValue("vary")).contains("Accept-Encoding");
      var in = new GZIPInputStream(new ByteArrayInputStream(response.body()));
      assertThat(in.readAllBytes())
          .hasSizeGreaterThan(100_000)
          .hasSizeGreaterThan(response.body().length);
    }
  }

  @Test
  void smallOrUnaskedForAnswersAreNotCompressed() throws Exception {
    for (var asked :
        List.of(
            request("/small").header("Accept-Encoding", "gzip"),
            request("/large"),
            request("/large").header("Accept-Encoding", "gzip;q=0"))) {
      var response = client.send(asked.build(), BodyHandlers.ofString());
      assertThat(response.headers().firstValue("content-encoding")).isEmpty();
      assertThat(response.body()).startsWith("\"x");
    }
  }

  @Test
  void aStreamThatFailsHalfWayBreaksOff() {
    assertThatThrownBy(() -> get("/late")).isInstanceOf(IOException.class);
  }

  @Test
  void aStreamThatFailsBeforeItsFirstPacketIsAProperError() throws Exception {
    var response = get("/early");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("BlobNotFound");
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("application/json");
  }

  @Test
  void uploadsStream() throws Exception {
    assertThat(upload(5 * MIB).body()).isEqualTo(String.valueOf(5 * MIB));
  }

  @Test
  void anUploadOverTheLimitIsRefusedByName() throws Exception {
    var response = upload(20 * MIB);
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("PayloadTooLarge");
  }

  private java.net.http.HttpResponse<String> upload(int length) throws Exception {
    return client.send(
        request(UPLOAD)
            .header("Content-Type", "image/png")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(new byte[length]))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void theConnectionSurvivesARefusedBody() throws Exception {
    byte[] body = new byte[6 * MIB];
    try (Socket socket = new Socket("localhost", server.port())) {
      for (int i = 0; i < 2; i++) {
        String head =
            "POST "
                + UPLOAD
                + " HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: "
                + body.length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(ISO_8859_1));
        socket.getOutputStream().write(body);
        assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 413 ");
      }
      socket.getOutputStream().write("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200 ").endsWith("hello");
    }
  }

  @Test
  void aClientThatWaitsForPermissionToSendIsToldNoAtOnce() throws Exception {
    try (Socket socket = new Socket("localhost", server.port())) {
      String head =
          "POST "
              + UPLOAD
              + " HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
              + "Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 413 ");
    }
  }

  /** Reads one answer that has a length. */
  private static String answer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + head);
      }
      head.append((char) next);
    }
    String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf("\r\n", at)));
    return head + new String(in.readNBytes(length), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /hello HTTP/1.1\r\n\r\n",
        "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        "NONSENSE\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: nope\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      })
  void malformedRequestsAreRefusedInOurWords(String raw) throws Exception {
    String answer = raw(raw);
    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .contains("Access-Control-Allow-Origin: *", "Connection: close");
    assertThat(answer).contains("{\"error\":\"InvalidRequest\"").doesNotContain("jetty");
  }

  @Test
  void theConnectionSurvivesAMalformedPath() throws Exception {
    try (Socket socket = new Socket("localhost", server.port())) {
      for (String path : List.of("/%ff", "/xrpc/%c3%28", "/%0d%0aX", "/%7f")) {
        socket
            .getOutputStream()
            .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1));
        assertThat(answer(socket.getInputStream()))
            .startsWith("HTTP/1.1 400 ")
            .contains("InvalidRequest");
      }
      for (String path : List.of("/hello/%2e%2e/%2f", "//hello", "/hello;x=y")) {
        socket
            .getOutputStream()
            .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1));
        assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  @Test
  void hugeHeadersAreRefused() throws Exception {
    assertThat(raw("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(raw("GET /" + "y".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return answer(socket.getInputStream());
    }
  }

  @Test
  void aProxyOnThisMachineIsBelieved() throws Exception {
    var response =
        client.send(
            request("/from").header("X-Forwarded-For", "6.6.6.6, 203.0.113.9").build(),
            BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("203.0.113.9");
  }

  @Test
  void theEventStreamAsksForAnUpgrade() throws Exception {
    var response = get("/xrpc/com.atproto.sync.subscribeRepos");
    assertThat(response.statusCode()).isEqualTo(426);
    assertThat(response.headers().firstValue("upgrade")).contains("websocket");
    assertThat(response.body()).contains("UpgradeRequired");
  }

  @Test
  void preflightsHaveNoBody() throws Exception {
    String answer = raw("OPTIONS /xrpc/a.b.c HTTP/1.1\r\nHost: x\r\nOrigin: https://a.b\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 204 ");
  }

  @Test
  void closingLetsRequestsUnderWayFinish() throws Exception {
    var answer = client.sendAsync(request("/slow").build(), BodyHandlers.ofString());
    assertThat(slowBegan.await(30, TimeUnit.SECONDS)).isTrue();
    Thread closing =
        Thread.startVirtualThread(
            () -> {
              try {
                server.close();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    slowMayEnd.countDown();
    assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo("done");
    closing.join();
  }

  @Test
  void aTakenPortIsSaid() {
    assertThatThrownBy(() -> HttpServer.bind(server.port())).isInstanceOf(IOException.class);
  }
}
