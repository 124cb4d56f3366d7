package dev.virga.functions.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.http.Requests;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.pds.FakeClock;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.mail.DevMailbox;
import dev.virga.pds.mail.Mail;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DevMailTest {
  private final DevMailbox mailbox = new DevMailbox(new FakeClock());
  private final Site site =
      new Site(
          new XrpcDispatcher(
              List.of(),
              Lexicons.bundled(),
              (access, method, request) -> Credentials.ANONYMOUS,
              RateLimiter.NONE,
              (method, request) -> HttpResponse.empty()),
          new DevMail(mailbox, laptop()).routes());

  private static PdsConfig.Service laptop() {
    String hex = "11".repeat(32);
    Map<String, String> env =
        new HashMap<>(
            Map.of(
                PdsConfig.JWT_SECRET, "x",
                PdsConfig.ADMIN_PASSWORD, "x",
                PdsConfig.ROTATION_KEY, hex,
                PdsConfig.KEY_SEALING_SECRET, hex,
                PdsConfig.DPOP_SECRET, hex));
    return PdsConfig.parse(env).service();
  }

  private void deliver(String to, String subject, String text) {
    mailbox.send(
        new Mail(
            to,
            subject,
            text,
            "<p>\"" + text + "\"</p>",
            Mail.Purpose.CONFIRM_EMAIL,
            Mail.Kind.SERVICE));
  }

  private HttpResponse get(String path) {
    return get(path, "");
  }

  private HttpResponse get(String path, String query) {
    return site.answer(Requests.get(path).query(query).header("Host", "localhost:2583").build());
  }

  private static String body(HttpResponse response) {
    return new String(((HttpResponse.Body.Bytes) response.body()).content(), UTF_8);
  }

  @Test
  void anEmptyBoxSaysSo() {
    assertThat(body(get("/dev/mail"))).contains("No mail yet");
    assertThat(body(get("/dev/mail.json"))).isEqualTo("{\"mails\":[]}");
  }

  @Test
  void mailsAreListedWithTheLatestFirst() {
    deliver("a@b.example", "first", "x");
    deliver("c@d.example", "second", "x");
    assertThat(body(get("/dev/mail"))).contains("/dev/mail/1", "/dev/mail/2", "a@b.example");
    assertThat(body(get("/dev/mail"))).containsSubsequence("second", "first");
    assertThat(body(get("/dev/mail", "to=A%40b.example")))
        .contains("first")
        .doesNotContain("second");
  }

  @Test
  void aMailIsShownAsTextAndInAFrameWithoutRights() {
    deliver("a@b.example", "Hi", "ABCDE-23456");
    HttpResponse response = get("/dev/mail/1");
    assertThat(response.contentType()).isEqualTo("text/html; charset=utf-8");
    assertThat(body(response))
        .contains("<pre>ABCDE-23456</pre>", "confirm_email", "2026-03-01T12:00:00Z")
        .contains("<iframe sandbox ")
        .contains("srcdoc=\"&lt;p&gt;&quot;ABCDE-23456&quot;&lt;/p&gt;\"");
    assertThat(response.headers().get("Content-Security-Policy")).startsWith("default-src 'none'");
  }

  @Test
  void everythingIsEscaped() {
    deliver("&'@b.example", "<script>alert(1)</script>", "</pre><script>");
    for (String path : List.of("/dev/mail", "/dev/mail/1")) {
      assertThat(body(get(path))).doesNotContain("<script>").contains("&lt;script&gt;alert");
    }
    assertThat(body(get("/dev/mail"))).contains("&amp;&#39;@b.example");
  }

  @Test
  void testsReadMailsAsJson() {
    deliver("a@b.example", "Hi", "ABCDE-23456 ☁");
    deliver("c@d.example", "Ho", "x");
    Value.Obj all = (Value.Obj) DataJson.parse(body(get("/dev/mail.json")).getBytes(UTF_8));
    assertThat(((Value.Array) all.get("mails").orElseThrow()).items()).hasSize(2);
    assertThat(body(get("/dev/mail.json", "to=a@b.example")))
        .isEqualTo(
            """
            {"mails":[{"id":1,"to":"a@b.example","html":"<p>\\"ABCDE-23456 ☁\\"</p>",\
            "text":"ABCDE-23456 ☁","time":"2026-03-01T12:00:00Z","purpose":"confirm_email",\
            "subject":"Hi"}]}\
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/dev/mail/2", "/dev/mail/", "/dev/mail/x", "/dev/mail/-1", "/dev/mail/1/2"})
  void whatIsNotThereIsNotFound(String path) {
    deliver("a@b.example", "Hi", "x");
    assertThat(get(path).status()).isEqualTo(404);
    assertThat(get("/dev/mail/" + "9".repeat(30)).status()).isEqualTo(404);
  }

  @Test
  void pagesOfOtherOriginsCannotRead() {
    assertThat(get("/dev/mail.json").headers())
        .containsEntry("Access-Control-Allow-Origin", "http://localhost:2583")
        .containsEntry("Cache-Control", "no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rebound.example:2583", "", "localhost.example"})
  void aNameThatWasMadeToPointHereFindsNothing(String host) {
    deliver("a@b.example", "Hi", "secret");
    for (String path : List.of("/dev/mail", "/dev/mail.json", "/dev/mail/1")) {
      HttpResponse response = site.answer(Requests.get(path).header("Host", host).build());
      assertThat(response.status()).isEqualTo(404);
      assertThat(body(response)).doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1:2583", "[::1]:2583"})
  void localNamesAreAnswered(String host) {
    assertThat(site.answer(Requests.get("/dev/mail").header("Host", host).build()).status())
        .isEqualTo(200);
  }
}
