package dev.virga.functions.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Value;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionMethodsTest {
  private static final String CREATE = "com.atproto.server.createSession";
  private static final String GET = "com.atproto.server.getSession";
  private static final String REFRESH = "com.atproto.server.refreshSession";
  private static final String DELETE = "com.atproto.server.deleteSession";

  private final AccountServer server = new AccountServer();
  private final Answer alice = server.signUp("alice");

  private static String access(Answer session) {
    return AccountServer.bearer(session.text("accessJwt"));
  }

  private static String refresh(Answer session) {
    return AccountServer.bearer(session.text("refreshJwt"));
  }

  private Answer signIn(String identifier, String password) {
    return server.post(
        CREATE,
        "{\"identifier\":\"%s\",\"password\":\"%s\"}".formatted(identifier, password),
        null);
  }

  @Test
  void theServerDescribesItself() {
    Answer answer = server.get("com.atproto.server.describeServer", "", null);

    assertThat(answer.text("did")).isEqualTo("did:web:pds.test");
    assertThat(answer.json().array("availableUserDomains").orElseThrow())
        .containsExactly(Value.of(".pds.test"));
    assertThat(answer.json().bool("inviteCodeRequired")).contains(false);
    assertThat(answer.json().integer("blobUploadLimit")).hasValue(5_000_000);
    assertThat(answer.json().obj("links").orElseThrow().text("privacyPolicy"))
        .contains("https://pds.test/privacy");
    assertThat(answer.json().obj("contact").orElseThrow().text("email")).contains("admin@pds.test");
  }

  @Test
  void signingUpOpensASession() {
    assertThat(alice.error()).isEqualTo("ok");
    assertThat(alice.text("handle")).isEqualTo("alice.pds.test");
    assertThat(alice.json().obj("didDoc").orElseThrow().text("id")).contains(alice.text("did"));
    assertThat(server.get(GET, "", access(alice)).text("did")).isEqualTo(alice.text("did"));
  }

  @Test
  void signingUpIsRefusedByName() {
    assertThat(create("{\"email\":\"a@b.org\",\"password\":\"12345678\"}"))
        .isEqualTo("400 InvalidRequest");
    assertThat(create("{\"handle\":\"bob.pds.test\",\"password\":\"12345678\"}"))
        .isEqualTo("400 InvalidRequest");
    assertThat(
            create("{\"handle\":\"x.pds.test\",\"email\":\"a@b.org\",\"password\":\"12345678\"}"))
        .isEqualTo("400 InvalidHandle");
    assertThat(create("{\"handle\":\"bob.pds.test\",\"email\":\"a@b.org\",\"password\":\"1\"}"))
        .isEqualTo("400 InvalidPassword");
    String good = "\"handle\":\"bob.pds.test\",\"email\":\"a@b.org\",\"password\":\"12345678\"";
    assertThat(create("{" + good + ",\"plcOp\":{}}")).isEqualTo("400 InvalidRequest");
    assertThat(create("{" + good + ",\"recoveryKey\":\"did:key:zzz\"}"))
        .isEqualTo("400 InvalidRequest");
    assertThat(create("{" + good + ",\"did\":\"did:plc:abc\"}"))
        .isEqualTo("401 AuthenticationRequired");
    assertThat(server.signUp("alice").error()).isEqualTo("400 InvalidRequest");
    assertThat(create("{" + good + "}")).isEqualTo("ok");
  }

  private String create(String json) {
    return server.post("com.atproto.server.createAccount", json, null).error();
  }

  @Test
  void aSessionSaysWhoseItIs() {
    Answer session = signIn("alice@example.org", AccountFixture.PASSWORD);

    for (Answer answer : new Answer[] {session, server.get(GET, "", access(session))}) {
      assertThat(answer.error()).isEqualTo("ok");
      assertThat(answer.text("did")).isEqualTo(alice.text("did"));
      assertThat(answer.text("handle")).isEqualTo("alice.pds.test");
      assertThat(answer.text("email")).isEqualTo("alice@example.org");
      assertThat(answer.json().bool("emailConfirmed")).contains(false);
      assertThat(answer.json().bool("active")).contains(true);
      assertThat(answer.json().has("status")).isFalse();
      assertThat(answer.json().has("didDoc")).isFalse();
    }
  }

  @Test
  void wrongPasswordAndUnknownNameGetTheSameAnswer() {
    Answer wrong = signIn("alice.pds.test", "wrong");

    assertThat(wrong.error()).isEqualTo("401 AuthenticationRequired");
    assertThat(signIn("nobody.pds.test", AccountFixture.PASSWORD)).isEqualTo(wrong);
  }

  @Test
  void refreshingRotates() {
    Answer refreshed = server.post(REFRESH, null, refresh(alice));

    assertThat(refreshed.error()).isEqualTo("ok");
    assertThat(refreshed.text("refreshJwt")).isNotEqualTo(alice.text("refreshJwt"));
    assertThat(refreshed.text("email")).isEqualTo("alice@example.org");
    assertThat(server.get(GET, "", access(refreshed)).error()).isEqualTo("ok");
    server.pds.clock.advance(Duration.ofHours(3));
    assertThat(server.post(REFRESH, null, refresh(alice)).error()).isEqualTo("400 ExpiredToken");
    assertThat(server.post(REFRESH, null, refresh(refreshed)).error()).isEqualTo("ok");
  }

  @Test
  void signingOutEndsTheSession() {
    assertThat(server.post(DELETE, null, refresh(alice)).error()).isEqualTo("ok");

    assertThat(server.post(REFRESH, null, refresh(alice)).error()).isEqualTo("400 ExpiredToken");
    server.pds.clock.advance(Duration.ofDays(91));
    assertThat(server.post(DELETE, null, refresh(alice)).error()).isEqualTo("ok");
  }

  @Test
  void tokensAreRefusedByName() {
    assertThat(get(null)).isEqualTo("401 AuthMissing");
    assertThat(get("Bearer nonsense")).isEqualTo("400 InvalidToken");
    assertThat(get("Bearer")).isEqualTo("400 InvalidToken");
    assertThat(get(AccountServer.admin("adminpw"))).isEqualTo("400 InvalidToken");
    assertThat(get(refresh(alice))).isEqualTo("400 InvalidToken");
    assertThat(server.post(REFRESH, null, access(alice)).error()).isEqualTo("400 InvalidToken");
    assertThat(server.post(DELETE, null, null).error()).isEqualTo("401 AuthMissing");
    server.pds.clock.advance(Duration.ofHours(2));
    assertThat(get(access(alice))).isEqualTo("400 ExpiredToken");
  }

  private String get(@Nullable String authorization) {
    return server.get(GET, "", authorization).error();
  }

  @Test
  void aTakenDownAccountIsToldSo() {
    server.pds.changes.changeStatus(
        server.pds.read("alice").did(), s -> new AccountStatus.Takendown("r", s.own()));

    assertThat(get(access(alice))).isEqualTo("401 AccountTakedown");
    assertThat(server.post(REFRESH, null, refresh(alice)).error()).isEqualTo("401 AccountTakedown");
    assertThat(signIn("alice.pds.test", AccountFixture.PASSWORD).error())
        .isEqualTo("401 AccountTakedown");
    Answer leaving =
        server.post(
            CREATE,
            "{\"identifier\":\"alice.pds.test\",\"password\":\"%s\",\"allowTakendown\":true}"
                .formatted(AccountFixture.PASSWORD),
            null);
    assertThat(leaving.text("status")).isEqualTo("takendown");
    assertThat(get(access(leaving))).isEqualTo("400 InvalidToken");
  }
}
