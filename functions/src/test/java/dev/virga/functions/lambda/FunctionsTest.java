package dev.virga.functions.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The functions behind the HTTP API, on DynamoDB Local and S3Proxy. */
class FunctionsTest {
  private static final FakePlc PLC = new FakePlc();
  private static final Map<String, String> ENVIRONMENT = Environments.fresh(PLC);
  private static ReadFunction read;
  private static WriteFunction write;
  private static AccountFunction account;
  private static String did;
  private static String token;

  @BeforeAll
  static void start() throws IOException {
    read = new ReadFunction(ENVIRONMENT);
    write = new WriteFunction(ENVIRONMENT);
    account = new AccountFunction(ENVIRONMENT);
    Call.Answer alice = signUp("alice");
    did = alice.text("did");
    token = alice.text("accessJwt");
  }

  private static Call.Answer signUp(String name) throws IOException {
    Call.Answer made =
        Call.post(
                "com.atproto.server.createAccount",
                "{\"handle\":\"%s.pds.example.com\",\"email\":\"%s@example.org\",\"password\":\"%s\"}"
                    .formatted(name, name, "correct horse"))
            .to(account);
    assertThat(made.status()).as(new String(made.body(), UTF_8)).isEqualTo(200);
    return made;
  }

  @AfterAll
  static void stop() {
    PLC.close();
  }

  private static Call.Answer post(String text) throws IOException {
    return Call.post(
            "com.atproto.repo.createRecord",
            """
            {"repo":"%s","collection":"app.bsky.feed.post",\
            "record":{"text":"%s","createdAt":"2026-01-01T00:00:00Z"}}\
            """
                .formatted(did, text))
        .bearer(token)
        .to(write);
  }

  private static Call.Answer posts() throws IOException {
    return Call.get(
            "com.atproto.repo.listRecords", "repo=" + did + "&collection=app.bsky.feed.post")
        .to(read);
  }

  @Test
  void whatOneFunctionWritesAnotherReads() throws IOException {
    Call.Answer written = post("hello");
    assertThat(written.status()).isEqualTo(200);
    assertThat(new String(posts().body(), UTF_8)).contains(written.text("uri"));
  }

  @Test
  void repositoriesAreBytesInBase64() throws IOException {
    post("one");
    Call.Answer car = Call.get("com.atproto.sync.getRepo", "did=" + did).to(read);
    assertThat(car.status()).isEqualTo(200);
    assertThat(car.base64()).isTrue();
    assertThat(car.header("Content-Type")).isEqualTo("application/vnd.ipld.car");
    assertThat(car.body()).hasSizeGreaterThan(200);
  }

  private static String upload(byte[] content, String type) throws IOException {
    Call.Answer uploaded =
        Call.of("POST", "/xrpc/com.atproto.repo.uploadBlob")
            .body(type, content)
            .bearer(token)
            .to(write);
    assertThat(uploaded.status()).as(new String(uploaded.body(), UTF_8)).isEqualTo(200);
    String json = new String(uploaded.body(), UTF_8);
    String blob = json.substring("{\"blob\":".length(), json.length() - 1);
    Call.Answer used =
        Call.post(
                "com.atproto.repo.createRecord",
                """
                {"repo":"%s","collection":"com.example.file","validate":false,\
                "record":{"file":%s}}\
                """
                    .formatted(did, blob))
            .bearer(token)
            .to(write);
    assertThat(used.status()).as(new String(used.body(), UTF_8)).isEqualTo(200);
    return json.replaceAll(".*\"\\$link\":\"([^\"]*)\".*", "$1");
  }

  private static byte[] random(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  @Test
  void aBlobThatFitsComesAtOnceAndNeverAsText() throws IOException {
    byte[] content = random(1_000_000);
    String cid = upload(content, "text/plain");
    Call.Answer blob = Call.get("com.atproto.sync.getBlob", "did=" + did + "&cid=" + cid).to(read);
    assertThat(blob.status()).isEqualTo(200);
    assertThat(blob.base64()).isTrue();
    assertThat(blob.body()).isEqualTo(content);
    assertThat(blob.header("Content-Security-Policy")).contains("sandbox");
  }

  @Test
  void anAnswerLargerThanLambdaHandsOnIsARedirectToTheStore() throws Exception {
    Call.Answer bob = signUp("bob");
    String large = HexFormat.of().formatHex(random(400_000));
    for (int i = 0; i < 7; i++) {
      Call.Answer written =
          Call.post(
                  "com.atproto.repo.createRecord",
                  """
                  {"repo":"%s","collection":"com.example.large","validate":false,\
                  "record":{"text":"%d%s"}}\
                  """
                      .formatted(bob.text("did"), i, large))
              .bearer(bob.text("accessJwt"))
              .to(write);
      assertThat(written.status()).as(new String(written.body(), UTF_8)).isEqualTo(200);
    }
    Call.Answer redirect = Call.get("com.atproto.sync.getRepo", "did=" + bob.text("did")).to(read);
    assertThat(redirect.status()).isEqualTo(307);
    assertThat(redirect.header("Cache-Control")).isEqualTo("no-store");
    assertThat(redirect.header("Access-Control-Allow-Origin")).isEqualTo("*");
    HttpResponse<byte[]> car = fetch(redirect.header("Location"));
    assertThat(car.statusCode()).isEqualTo(200);
    assertThat(car.headers().firstValue("Content-Type")).contains("application/vnd.ipld.car");
    assertThat(car.body()).hasSizeGreaterThan(5_000_000);
  }

  @Test
  void aBlobTooLargeIsFetchedFromWhereItIsStored() throws Exception {
    byte[] content = random(5_000_000);
    String cid = upload(content, "image/png");
    Call.Answer blob = Call.get("com.atproto.sync.getBlob", "did=" + did + "&cid=" + cid).to(read);
    assertThat(blob.status()).isEqualTo(307);
    assertThat(blob.header("Location")).doesNotContain("tmp/").contains("/blobs/");
    assertThat(blob.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(blob.headers()).doesNotContainKeys("Set-Cookie", "Content-Length");
    HttpResponse<byte[]> stored = fetch(blob.header("Location"));
    assertThat(stored.body()).isEqualTo(content);
    assertThat(stored.headers().firstValue("Content-Type")).contains("image/png");
    assertThat(stored.headers().firstValue("Content-Disposition").orElse(""))
        .startsWith("attachment");
  }

  private static HttpResponse<byte[]> fetch(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  @Test
  void aMethodOfAnotherFunctionIsNotAnswered() throws IOException {
    Call.Answer answer = Call.get("com.atproto.server.getSession", "").to(read);
    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.text("error")).isEqualTo("MethodNotImplemented");
  }

  @Test
  void nobodyIsAskedToUpgradeToAFirehoseThatIsNotThere() throws IOException {
    Call.Answer answer =
        Call.get("com.atproto.sync.subscribeRepos", "cursor=1").to(new ProxyFunction(ENVIRONMENT));
    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.text("message")).isEqualTo("There is no firehose host here");
  }

  @Test
  void aPathWrittenInAnotherWayLeadsToTheUsualOne() throws IOException {
    Call.Answer answer =
        Call.of("GET", "/xrpc/com.atproto.server.getSession/").to(new ProxyFunction(ENVIRONMENT));
    assertThat(answer.status()).isEqualTo(308);
    assertThat(answer.header("Location")).isEqualTo("/xrpc/com.atproto.server.getSession");
  }

  @Test
  void aMalformedPathIsABadRequest() throws IOException {
    Call.Answer answer = Call.of("GET", "/xrpc/%zz").to(read);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).isEqualTo("InvalidRequest");
  }

  @Test
  void headHasTheStatusAndNoBody() throws IOException {
    Call.Answer answer = Call.of("HEAD", "/xrpc/com.atproto.server.describeServer").to(read);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void preflightsAreAnsweredByEveryFunction() throws IOException {
    Call.Answer answer =
        Call.of("OPTIONS", "/xrpc/com.atproto.repo.createRecord")
            .header("access-control-request-headers", "authorization")
            .to(write);
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Access-Control-Allow-Headers")).isEqualTo("authorization");
  }

  @Test
  void textIsNotInBase64AndCompressedOnlyIfAskedFor() throws IOException {
    Call plain = Call.get("com.atproto.server.describeServer", "");
    assertThat(plain.to(read).base64()).isFalse();
    for (int i = 0; i < 20; i++) {
      post("compress me " + i);
    }
    Call.Answer compressed =
        Call.get("com.atproto.repo.listRecords", "repo=" + did + "&collection=app.bsky.feed.post")
            .header("accept-encoding", "gzip, br")
            .to(read);
    assertThat(compressed.base64()).isTrue();
    assertThat(compressed.header("Content-Encoding")).isEqualTo("gzip");
  }

  @Test
  void anUploadLargerThanLambdaTakesIsRefusedWithTheLimit() throws IOException {
    Call.Answer answer =
        Call.of("POST", "/xrpc/com.atproto.repo.uploadBlob")
            .body("image/png", random(6_000_001))
            .bearer(token)
            .to(write);
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text("message")).contains("6000000");
  }

  @Test
  void anEventOfAnotherKindIsNamedAsSuch() {
    assertThatThrownBy(() -> Call.of("", "/").to(read))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payload format 2.0");
  }
}
