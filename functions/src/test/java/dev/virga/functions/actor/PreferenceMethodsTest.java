package dev.virga.functions.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.functions.admin.AdminServer;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.auth.SessionScope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreferenceMethodsTest {
  private static final String GET = "app.bsky.actor.getPreferences";
  private static final String PUT = "app.bsky.actor.putPreferences";
  private static final String ADULT =
      "{\"$type\":\"app.bsky.actor.defs#adultContentPref\",\"enabled\":true}";
  private static final String PERSONAL =
      "{\"$type\":\"app.bsky.actor.defs#personalDetailsPref\","
          + "\"birthDate\":\"2000-01-01T00:00:00.000Z\"}";

  private final AdminServer server = new AdminServer();
  private final Did alice = server.pds.account("alice").did();
  private final String token = server.session(alice, SessionScope.ACCESS);

  private Answer put(String preferences, @Nullable String authorization) {
    return server.server.post(PUT, "{\"preferences\":[" + preferences + "]}", authorization);
  }

  private Answer get(@Nullable String authorization) {
    return server.server.get(GET, "", authorization);
  }

  private static int count(Answer answer) {
    return answer.json().array("preferences").orElseThrow().size();
  }

  @Test
  void preferencesComeBackAsTheyWerePut() {
    assertThat(count(get(token))).isZero();
    assertThat(put(ADULT + "," + PERSONAL, token).error()).isEqualTo("ok");

    // What they say of her age comes on top.
    assertThat(count(get(token))).isEqualTo(3);
    assertThat(count(get(server.session(alice, SessionScope.APP_PASSWORD)))).isEqualTo(2);
    assertThat(count(get(server.session(alice, SessionScope.APP_PASSWORD_PRIVILEGED))))
        .isEqualTo(2);
  }

  @Test
  void anAppPasswordMaySetAllButPersonalDetails() {
    String app = server.session(alice, SessionScope.APP_PASSWORD);
    put(PERSONAL, token);

    assertThat(put(PERSONAL, app).error()).isEqualTo("400 InvalidRequest");
    assertThat(put(ADULT, app).error()).isEqualTo("ok");

    assertThat(count(get(token))).isEqualTo(3);
  }

  @Test
  void otherNamespacesAndNonsenseAreRefused() {
    for (String bad : List.of("{\"$type\":\"com.example.pref\"}", "{}", "1", ADULT + ",null")) {
      assertThat(put(bad, token).error()).as(bad).isEqualTo("400 InvalidRequest");
    }
    assertThat(count(get(token))).isZero();
  }

  @Test
  void aTakenDownAccountMayTakeItsPreferencesAlongButNotChangeThem() {
    put(PERSONAL, token);
    server.pds.changes.moderate(alice, s -> new AccountStatus.Takendown("ref", s.own()));
    String leaving = server.session(alice, SessionScope.TAKENDOWN);

    assertThat(count(get(leaving))).isEqualTo(2);
    assertThat(put(ADULT, leaving).error()).isEqualTo("400 InvalidToken");
    assertThat(put(ADULT, token).error()).isEqualTo("401 AccountTakedown");
  }

  @Test
  void theModerationServiceSeesAnyAccounts() {
    put(PERSONAL, token);
    String moderator = server.moderator(GET);

    assertThat(count(server.server.get(GET, "did=" + alice, moderator))).isEqualTo(2);
    assertThat(get(moderator).error()).isEqualTo("400 InvalidRequest");
    assertThat(server.server.get(GET, "did=x", moderator).error()).isEqualTo("400 InvalidRequest");
    assertThat(server.server.get(GET, "did=did:web:nobody.test", moderator).error())
        .isEqualTo("403 AccountNotFound");
    assertThat(put(ADULT, server.moderator(PUT)).status()).isEqualTo(400);
  }

  @Test
  void strangersAreRefused() {
    PrivateKey key = PrivateKey.generate(Curve.K256, server.pds.random);
    Did stranger = Did.parse("did:web:other.test");
    server.know(stranger, key);

    assertThat(get(server.service(stranger, key, GET)).error()).isEqualTo("401 UntrustedIss");
    assertThat(get(server.moderator(PUT)).error()).isEqualTo("401 BadJwtLexiconMethod");
    assertThat(get(null).error()).isEqualTo("401 AuthMissing");
    assertThat(put(ADULT, null).error()).isEqualTo("401 AuthMissing");
    assertThat(get(AdminServer.ADMIN).error()).isEqualTo("400 InvalidToken");
    assertThat(put(ADULT, AdminServer.ADMIN).error()).isEqualTo("400 InvalidToken");
    String refresh = server.pds.sessions.unrecorded(alice, SessionScope.ACCESS).refreshJwt();
    assertThat(get(AccountServer.bearer(refresh)).error()).isEqualTo("400 InvalidToken");
    assertThat(put(ADULT, AccountServer.bearer(refresh)).error()).isEqualTo("400 InvalidToken");
    String gone = server.session(Did.parse("did:web:gone.test"), SessionScope.ACCESS);
    assertThat(get(gone).error()).isEqualTo("403 AccountNotFound");
    assertThat(put(ADULT, gone).error()).isEqualTo("403 AccountNotFound");
  }

  @ParameterizedTest
  @EnumSource(names = "SIGNUP_QUEUED")
  void whoIsStillInTheQueueHasNoPreferences(SessionScope scope) {
    assertThat(get(server.session(alice, scope)).error()).isEqualTo("400 InvalidToken");
    assertThat(put(ADULT, server.session(alice, scope)).error()).isEqualTo("400 InvalidToken");
  }
}
