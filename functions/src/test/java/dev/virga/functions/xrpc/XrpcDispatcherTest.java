package dev.virga.functions.xrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.http.Requests;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class XrpcDispatcherTest {
  private static final String LIST = "/xrpc/com.atproto.repo.listRecords";
  private static final String LOGIN = "/xrpc/com.atproto.server.createSession";
  private static final String SESSION = "/xrpc/com.atproto.server.getSession";
  private static final String LOGOUT = "/xrpc/com.atproto.server.deleteSession";
  private static final String UPLOAD = "/xrpc/com.atproto.repo.uploadBlob";
  private static final int BLOB_LIMIT = FakeMethods.BLOB_LIMIT;

  /** What the handlers below were given. */
  private final List<XrpcRequest> seen = new ArrayList<>();

  private XrpcDispatcher dispatcher = dispatcher(request -> HttpResponse.empty());

  private XrpcDispatcher dispatcher(FakeMethods.Answer answer) {
    return new FakeMethods(answer, seen).dispatcher();
  }

  @Test
  void aQueryReachesItsHandlerWithTypedParameters() {
    String query = "repo=alice.test&collection=app.bsky.feed.post&reverse=true";
    assertThat(dispatcher.dispatch(Requests.get(LIST).query(query).build()).status())
        .isEqualTo(200);
    XrpcRequest request = seen.getFirst();
    assertThat(request.requireParam("repo")).isEqualTo("alice.test");
    assertThat(request.intParam("limit")).isEqualTo(50);
    assertThat(request.flagParam("reverse")).isTrue();
    assertThat(request.credentials()).isEqualTo(Credentials.ANONYMOUS);
  }

  @Test
  void headServesQueriesToo() {
    HttpRequest head =
        Requests.of("HEAD", LIST).query("repo=alice.test&collection=app.bsky.feed.post").build();
    assertThat(dispatcher.dispatch(head).status()).isEqualTo(200);
  }

  @Test
  void aTrailingSlashIsForgiven() {
    assertThat(dispatcher.dispatch(authed(Requests.get(SESSION + "/"))).status()).isEqualTo(200);
  }

  @Test
  void aProcedureReachesItsHandlerWithItsBody() {
    dispatcher.dispatch(
        Requests.post(LOGIN).json("{\"identifier\":\"a\",\"password\":\"ü\"}").build());
    assertThat(seen.getFirst().requireField("password")).isEqualTo("ü");
  }

  @Test
  void theCallerIsHandedOver() {
    dispatcher.dispatch(authed(Requests.get(SESSION)));
    assertThat(seen.getFirst().account()).isEqualTo(FakeMethods.ALICE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/xrpc/",
        "/xrpc/a",
        "/xrpc/com.atproto",
        "/xrpc/com.atproto.repo/x",
        "/xrpc/../etc/passwd",
        "/xrpc//com.atproto.server.getSession",
        "/xrpc/com.atproto.server.getSession//",
        "/xrpc/com.atproto.server.get\u0000Session",
        "/xrpc/_other"
      })
  void aMalformedNameIsAnInvalidPath(String path) {
    expect(Requests.get(path).build(), 400, "InvalidRequest", "invalid xrpc path");
  }

  @Test
  void anUnknownMethodIsRefusedToStrangersFirst() {
    String unknown = "/xrpc/com.example.unknown.method";
    expect(Requests.get(unknown).build(), 401, "AuthMissing", "Authentication Required");
    expect(authed(Requests.get(unknown)), 501, "MethodNotImplemented", "Method Not Implemented");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/xrpc/com.atproto.server.getSession",
    "GET,/xrpc/com.atproto.server.createSession",
    "HEAD,/xrpc/com.atproto.server.createSession",
    "PUT,/xrpc/com.atproto.server.getSession",
    "DELETE,/xrpc/com.atproto.server.createSession",
    "TRACE,/xrpc/com.atproto.server.getSession",
    "PATCH,/xrpc/com.example.unknown.method",
  })
  void aWrongVerbIsAnInvalidRequest(String verb, String path) {
    expect(authed(Requests.of(verb, path)), 400, "InvalidRequest", null);
  }

  @ParameterizedTest
  @CsvSource({
    "'',repo",
    "repo=alice.test,collection",
    "repo=a b&collection=app.bsky.feed.post,repo",
    "repo=alice.test&collection=x,collection",
    "repo=alice.test&collection=app.bsky.feed.post&limit=0,limit",
    "repo=alice.test&collection=app.bsky.feed.post&limit=101,limit",
    "repo=alice.test&collection=app.bsky.feed.post&limit=ten,limit",
  })
  void aBadParameterIsNamed(String query, String name) {
    HttpResponse response = dispatcher.dispatch(Requests.get(LIST).query(query).build());
    assertThat(response.status()).isEqualTo(400);
    assertThat(body(response)).contains("\"error\":\"InvalidRequest\"", name);
    assertThat(seen).isEmpty();
  }

  @Test
  void brokenPercentEncodingIsAnInvalidRequest() {
    expect(Requests.get(LIST).query("repo=%zz").build(), 400, "InvalidRequest", null);
  }

  @Test
  void aMissingBodyIsAnInvalidRequest() {
    expect(
        Requests.post(LOGIN).build(),
        400,
        "InvalidRequest",
        "A request body is expected but none was provided");
  }

  @Test
  void aMissingContentTypeIsAnInvalidRequest() {
    HttpRequest request = Requests.post(LOGIN).header("Content-Length", "2").build();
    expect(
        request,
        400,
        "InvalidRequest",
        "Request encoding (Content-Type) required but not provided");
  }

  @Test
  void aWrongContentTypeIsAnInvalidRequest() {
    HttpRequest request = Requests.post(LOGIN).body("text/plain", "{}".getBytes(UTF_8)).build();
    expect(request, 400, "InvalidRequest", "Wrong request encoding (Content-Type): text/plain");
  }

  @Test
  void contentTypesAreComparedWithoutCaseAndParameters() {
    byte[] body = "{\"identifier\":\"a\",\"password\":\"b\"}".getBytes(UTF_8);
    HttpRequest request =
        Requests.post(LOGIN).body("Application/JSON; charset=utf-8", body).build();
    assertThat(dispatcher.dispatch(request).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"identifier\":",
        "nope",
        "[]",
        "1",
        "\"x\"",
        "null",
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "{\"identifier\":\"a\"}",
        "{\"identifier\":1,\"password\":\"b\"}",
        "{\"a\":1.5}"
      })
  void aBadBodyIsAnInvalidRequest(String json) {
    expect(Requests.post(LOGIN).json(json).build(), 400, "InvalidRequest", null);
    assertThat(seen).isEmpty();
  }

  @Test
  void invalidUtf8IsAnInvalidRequest() {
    byte[] body = {'{', '"', (byte) 0xc3, '"', ':', '1', '}'};
    expect(
        Requests.post(LOGIN).body("application/json", body).build(), 400, "InvalidRequest", null);
  }

  @Test
  void deepNestingIsAnInvalidRequest() {
    String json = "{\"identifier\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}";
    expect(Requests.post(LOGIN).json(json).build(), 400, "InvalidRequest", null);
  }

  @Test
  void aLargeJsonBodyIsRefusedUnread() {
    HttpRequest request =
        new HttpRequest(
            "POST",
            LOGIN,
            "",
            Map.of(
                "content-type", List.of("application/json"), "content-length", List.of("150001")),
            new FilterInputStream(InputStream.nullInputStream()) {
              @Override
              public int read(byte[] into, int offset, int length) {
                throw new AssertionError("read");
              }
            },
            "192.0.2.1");
    expect(request, 413, "PayloadTooLarge", null);
  }

  @Test
  void aLargeBodyOfUnknownLengthIsRefusedOnceItIsTooLong() {
    dispatcher = dispatcher(XrpcDispatcherTest::readAll);
    HttpRequest unknown =
        new HttpRequest(
            "POST",
            UPLOAD,
            "",
            Map.of(
                "content-type", List.of("image/png"),
                "transfer-encoding", List.of("chunked"),
                "authorization", List.of("Bearer x")),
            new ByteArrayInputStream(new byte[BLOB_LIMIT + 1]),
            "192.0.2.1");
    expect(unknown, 413, "PayloadTooLarge", null);
  }

  @Test
  void aBodyOfExactlyTheLimitPasses() {
    dispatcher = dispatcher(XrpcDispatcherTest::readAll);
    HttpRequest request = authed(Requests.post(UPLOAD).body("image/png", new byte[BLOB_LIMIT]));
    assertThat(body(dispatcher.dispatch(request))).isEqualTo("1000");
  }

  @Test
  void anyTypeOfBytesIsTakenWhereTheLexiconSaysSo() {
    dispatcher = dispatcher(XrpcDispatcherTest::readAll);
    HttpRequest request = authed(Requests.post(UPLOAD).body("x-weird/thing", new byte[7]));
    assertThat(body(dispatcher.dispatch(request))).isEqualTo("7");
  }

  @Test
  void gzipAndDeflateAreDecoded() throws IOException {
    byte[] json = "{\"identifier\":\"a\",\"password\":\"b\"}".getBytes(UTF_8);
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(json);
    }
    ByteArrayOutputStream deflate = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(deflate)) {
      out.write(json);
    }
    assertThat(dispatcher.dispatch(encoded("gzip", gzip.toByteArray())).status()).isEqualTo(200);
    assertThat(dispatcher.dispatch(encoded("deflate", deflate.toByteArray())).status())
        .isEqualTo(200);
    assertThat(dispatcher.dispatch(encoded("identity", json)).status()).isEqualTo(200);
    assertThat(seen).hasSize(3).allMatch(request -> request.requireField("password").equals("b"));
  }

  @Test
  void aCompressedBombIsRefusedByItsDecodedLength() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      byte[] blanks = " ".repeat(1_000_000).getBytes(UTF_8);
      for (int i = 0; i < 20; i++) {
        out.write(blanks);
      }
    }
    assertThat(gzip.size()).isLessThan(150_000);
    expect(encoded("gzip", gzip.toByteArray()), 413, "PayloadTooLarge", null);
  }

  @Test
  void aBrokenEncodingIsAnInvalidRequest() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write("{\"identifier\":\"a\",\"password\":\"b\"}".getBytes(UTF_8));
    }
    byte[] cut = java.util.Arrays.copyOf(gzip.toByteArray(), gzip.size() - 12);
    expect(encoded("gzip", cut), 400, "InvalidRequest", "Body is not in its Content-Encoding");
    expect(encoded("gzip", new byte[] {1, 2, 3}), 400, "InvalidRequest", null);
    expect(encoded("deflate", new byte[] {1, 2, 3}), 400, "InvalidRequest", null);
  }

  @Test
  void anUnknownEncodingIsUnsupported() {
    expect(encoded("br", new byte[] {1}), 415, "UnsupportedMediaType", null);
    expect(encoded("gzip, gzip, gzip", new byte[] {1}), 415, "UnsupportedMediaType", null);
  }

  @Test
  void aBodyWhereNoneBelongsIsAnInvalidRequest() {
    expect(
        authed(Requests.post(LOGOUT).json("{}")),
        400,
        "InvalidRequest",
        "A request body was provided when none was expected");
  }

  @Test
  void anAnnouncedButEmptyBodyIsNoBody() {
    assertThat(dispatcher.dispatch(authed(Requests.post(LOGOUT))).status()).isEqualTo(200);
    assertThat(dispatcher.dispatch(authed(Requests.post(LOGOUT).json(""))).status()).isEqualTo(200);
    assertThat(
            dispatcher
                .dispatch(authed(Requests.post(LOGOUT).header("Transfer-Encoding", "chunked")))
                .status())
        .isEqualTo(200);
  }

  @Test
  void whatDependsOnTheCallerIsNotForSharedCaches() {
    HttpResponse personal = dispatcher.dispatch(authed(Requests.get(SESSION)));
    assertThat(personal.headers())
        .containsEntry("Cache-Control", "private")
        .containsEntry("Vary", "Authorization");
    HttpResponse refused = dispatcher.dispatch(Requests.get(SESSION).build());
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.headers()).containsEntry("Cache-Control", "private");
    HttpResponse open =
        dispatcher.dispatch(
            Requests.get(LIST).query("repo=alice.test&collection=app.bsky.feed.post").build());
    assertThat(open.headers()).isEmpty();
  }

  @Test
  void errorsAreRenderedByOneMapper() {
    expectFailure(XrpcException.badRequest("InvalidSwap", "no"), 400, "InvalidSwap", "no");
    expectFailure(new SyntaxException("bad did"), 400, "InvalidRequest", "bad did");
    expectFailure(new DataException("bad car"), 400, "InvalidRequest", "bad car");
  }

  @Test
  void ourOwnFaultsShowNothing() {
    expectFailure(
        new IllegalStateException("secret"), 500, "InternalServerError", "Internal Server Error");
  }

  @Test
  void aBodyThatBreaksOffIsTheClientsFault() {
    dispatcher =
        dispatcher(
            request -> {
              throw new IOException("connection reset");
            });
    expect(authed(Requests.get(SESSION)), 400, "InvalidRequest", null);
  }

  @Test
  void errorsMayCarryHeaders() {
    dispatcher =
        dispatcher(
            request -> {
              throw new XrpcException(
                  429, "RateLimitExceeded", "slow down", Map.of("Retry-After", "7"));
            });
    assertThat(dispatcher.dispatch(authed(Requests.get(SESSION))).headers())
        .containsEntry("Retry-After", "7");
  }

  @Test
  void aStreamWithoutUpgradeAsksForOne() {
    HttpResponse response =
        dispatcher.dispatch(Requests.get("/xrpc/com.atproto.sync.subscribeRepos").build());
    assertThat(response.status()).isEqualTo(426);
    assertThat(response.headers()).containsEntry("Upgrade", "websocket");
    expect(
        Requests.post("/xrpc/com.atproto.sync.subscribeRepos").build(),
        405,
        "MethodNotAllowed",
        null);
  }

  @Test
  void twoHandlersOfOneMethodAreAMistake() {
    XrpcHandler handler =
        new FakeMethods(request -> HttpResponse.empty(), seen)
            .handler(Endpoint.of("com.atproto.server.getSession", Access.open()));
    assertThatThrownBy(
            () ->
                new XrpcDispatcher(
                    List.of(handler, handler),
                    Lexicons.bundled(),
                    FakeMethods::authenticate,
                    RateLimiter.NONE,
                    (method, request) -> HttpResponse.empty()))
        .hasMessageContaining("com.atproto.server.getSession");
  }

  private static HttpResponse readAll(XrpcRequest request) throws IOException {
    return HttpResponse.text(200, String.valueOf(request.body().readAllBytes().length));
  }

  private static HttpRequest encoded(String encoding, byte[] body) {
    return Requests.post(LOGIN)
        .body("application/json", body)
        .header("Content-Encoding", encoding)
        .build();
  }

  private static HttpRequest authed(Requests request) {
    return request.header("Authorization", "Bearer x").build();
  }

  private void expectFailure(RuntimeException failure, int status, String error, String message) {
    dispatcher =
        dispatcher(
            request -> {
              throw failure;
            });
    expect(authed(Requests.get(SESSION)), status, error, message);
  }

  /** A null message stands for any. */
  private void expect(
      HttpRequest request,
      int status,
      String error,
      @org.jspecify.annotations.Nullable String message) {
    HttpResponse response = dispatcher.dispatch(request);
    assertThat(body(response)).contains("\"error\":\"" + error + "\"");
    assertThat(response.status()).isEqualTo(status);
    if (message != null) {
      assertThat(body(response)).contains("\"message\":\"" + message + "\"");
    }
  }

  private static String body(HttpResponse response) {
    return new String(((HttpResponse.Body.Bytes) response.body()).content(), UTF_8);
  }
}
