package dev.virga.functions.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.identity.PlcIdentities;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccountMethodsTest {
  private static final String SERVER = "com.atproto.server.";

  private final AccountServer server = new AccountServer();
  private final Answer alice = server.signUp("alice");
  private final Did did = Did.parse(alice.text("did"));
  private final String token = AccountServer.bearer(alice.text("accessJwt"));

  private Answer get(String method, String query, @Nullable String authorization) {
    return server.get(SERVER + method, query, authorization);
  }

  private Answer post(String method, @Nullable String json, @Nullable String authorization) {
    return server.post(SERVER + method, json, authorization);
  }

  private String appToken(boolean privileged) {
    String secret = server.pds.appPasswords.create(did, "app" + privileged, privileged).secret();
    return AccountServer.bearer(
        server.pds.signIn.signIn(did.text(), secret, false).tokens().accessJwt());
  }

  @Test
  void appPasswordsComeAndGo() {
    Answer made = post("createAppPassword", "{\"name\":\"phone\",\"privileged\":true}", token);

    assertThat(made.text("password")).hasSize(19);
    assertThat(post("createAppPassword", "{\"name\":\"phone\"}", token).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(post("createAppPassword", "{\"name\":\"x\"}", appToken(true)).error())
        .isEqualTo("400 InvalidToken");
    Value.Obj listed =
        (Value.Obj)
            get("listAppPasswords", "", token).json().array("passwords").orElseThrow().getLast();
    assertThat(listed.text("name")).contains("phone");
    assertThat(listed.has("password")).isFalse();
    assertThat(post("revokeAppPassword", "{\"name\":\"phone\"}", token).error()).isEqualTo("ok");
    assertThat(server.pds.appPasswords.list(did))
        .extracting(p -> p.name())
        .containsExactly("apptrue");
  }

  @Test
  void serviceTokensAreMadeOutToOneServerAndMethod() {
    Answer answer =
        get("getServiceAuth", "aud=did:web:pds.test&lxm=com.atproto.repo.uploadBlob", token);

    assertThat(
            server.serviceTokens.verify(
                answer.text("token"), Nsid.parse("com.atproto.repo.uploadBlob")))
        .isEqualTo(new Credentials.Service(did, null));
  }

  @Test
  void serviceTokensAreRefusedByName() {
    long now = server.pds.clock.instant().getEpochSecond();
    String lxm = "&lxm=app.bsky.feed.getTimeline";

    assertThat(auth("aud=did:web:a.test%23bsky_appview" + lxm, token)).isEqualTo("ok");
    assertThat(auth("aud=did:web:a.test", token)).isEqualTo("ok");
    assertThat(auth("aud=did:key:zabc", token)).isEqualTo("400 InvalidRequest");
    assertThat(auth("aud=nobody", token)).isEqualTo("400 InvalidRequest");
    assertThat(auth("aud=did:web:a.test%23", token)).isEqualTo("400 InvalidRequest");
    String protectedMethod = "&lxm=com.atproto.server.updateEmail";
    assertThat(auth("aud=did:web:a.test" + protectedMethod, token)).isEqualTo("400 InvalidRequest");
    assertThat(auth("aud=did:web:a.test&exp=" + (now - 1), token)).isEqualTo("400 BadExpiration");
    assertThat(auth("aud=did:web:a.test&exp=" + (now + 61), token)).isEqualTo("400 BadExpiration");
    assertThat(auth("aud=did:web:a.test&exp=" + (now + 3600) + lxm, token)).isEqualTo("ok");
    assertThat(auth("aud=did:web:a.test&exp=" + (now + 3601) + lxm, token))
        .isEqualTo("400 BadExpiration");
    assertThat(auth("aud=did:web:a.test&exp=" + Long.MIN_VALUE, token))
        .isEqualTo("400 BadExpiration");
    assertThat(auth("aud=did:web:a.test", null)).isEqualTo("401 AuthMissing");
  }

  @Test
  void privilegedMethodsNeedMoreThanAPlainAppPassword() {
    String chat = "aud=did:web:a.test&lxm=chat.bsky.convo.someNewMethod";

    assertThat(auth(chat, appToken(false))).isEqualTo("400 InvalidRequest");
    assertThat(auth(chat, appToken(true))).isEqualTo("ok");
    assertThat(auth(chat, token)).isEqualTo("ok");
  }

  @Test
  void aTakenDownAccountMayOnlyLeave() {
    server.pds.changes.changeStatus(did, s -> new AccountStatus.Takendown("r", s.own()));
    String leaving =
        AccountServer.bearer(
            server
                .pds
                .signIn
                .signIn(did.text(), AccountFixture.PASSWORD, true)
                .tokens()
                .accessJwt());

    for (String each : new String[] {token, leaving}) {
      assertThat(auth("aud=did:web:a.test", each)).isEqualTo("400 InvalidToken");
      assertThat(auth("aud=did:web:a.test&lxm=com.atproto.server.createAccount", each))
          .isEqualTo("ok");
    }
    assertThat(post("deactivateAccount", "{}", leaving).error()).isEqualTo("ok");
    assertThat(post("activateAccount", null, token).error()).isEqualTo("401 AccountTakedown");
    assertThat(server.pds.read("alice").status())
        .isEqualTo(
            new AccountStatus.Takendown(
                "r", new AccountStatus.Deactivated(server.pds.clock.instant(), null)));
  }

  private String auth(String query, @Nullable String authorization) {
    return get("getServiceAuth", query, authorization).error();
  }

  @Test
  void anAccountIsSwitchedOffAndOn() {
    assertThat(
            post("deactivateAccount", "{\"deleteAfter\":\"2027-01-01T00:00:00Z\"}", token).error())
        .isEqualTo("ok");
    Answer status = get("checkAccountStatus", "", token);
    assertThat(status.json().bool("activated")).contains(false);
    assertThat(status.json().bool("validDid")).contains(true);
    assertThat(status.json().integer("repoBlocks")).hasValue(1);
    assertThat(status.json().integer("indexedRecords")).hasValue(0);
    assertThat(server.get(SERVER + "getSession", "", token).text("status"))
        .isEqualTo("deactivated");

    assertThat(post("activateAccount", null, appToken(true)).error()).isEqualTo("400 InvalidToken");
    assertThat(post("activateAccount", null, token).error()).isEqualTo("ok");

    assertThat(get("checkAccountStatus", "", token).json().bool("activated")).contains(true);
  }

  @Test
  void theOperatorHandsOutInviteCodes() {
    String admin = AccountServer.admin("adminpw");

    String code = post("createInviteCode", "{\"useCount\":3}", admin).text("code");
    assertThat(server.pds.invites.find(code).orElseThrow().available()).isEqualTo(3);
    Answer many =
        post(
            "createInviteCodes",
            "{\"codeCount\":2,\"useCount\":1,\"forAccounts\":[\"%s\",\"did:plc:b\"]}"
                .formatted(did),
            admin);
    assertThat(many.json().array("codes").orElseThrow()).hasSize(2);
    assertThat(server.pds.invites.of(did.text())).hasSize(2);
    assertThat(server.pds.invites.of(InviteCodes.ADMIN)).hasSize(1);

    assertThat(post("createInviteCode", "{\"useCount\":0}", admin).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(post("createInviteCodes", "{\"codeCount\":99999,\"useCount\":1}", admin).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(post("createInviteCode", "{\"useCount\":1}", AccountServer.admin("x")).error())
        .isEqualTo("401 AuthenticationRequired");
    assertThat(post("createInviteCode", "{\"useCount\":1}", token).error())
        .isEqualTo("401 AuthenticationRequired");
    assertThat(post("createInviteCode", "{\"useCount\":1}", null).error())
        .isEqualTo("401 AuthMissing");
  }

  @Test
  void anAccountMovesInByAServiceToken() throws Exception {
    PrivateKey key = PrivateKey.generate(Curve.K256, server.pds.random);
    PlcIdentities elsewhere =
        new PlcIdentities(
            server.pds.directory,
            PrivateKey.generate(Curve.K256, server.pds.random),
            null,
            URI.create("https://old.test"));
    PlcIdentities.Prepared bob =
        elsewhere.prepare(Handle.parse("bob.old.test"), key.publicKey(), null);
    elsewhere.register(bob);
    String reserved =
        post("reserveSigningKey", "{\"did\":\"%s\"}".formatted(bob.did()), null).text("signingKey");
    String body =
        "{\"did\":\"%s\",\"handle\":\"bob.pds.test\",\"email\":\"b@b.org\",\"password\":\"12345678\"}"
            .formatted(bob.did());

    assertThat(post("createAccount", body, null).error()).isEqualTo("401 AuthenticationRequired");
    assertThat(post("createAccount", body, serviceToken(did, server.pds.keys.of(did))).error())
        .isEqualTo("401 AuthenticationRequired");
    Answer moved = post("createAccount", body, serviceToken(bob.did(), key));

    assertThat(moved.error()).isEqualTo("ok");
    String bobs = AccountServer.bearer(moved.text("accessJwt"));
    assertThat(get("checkAccountStatus", "", bobs).json().bool("validDid")).contains(false);
    assertThat(post("activateAccount", null, bobs).error()).isEqualTo("400 InvalidRequest");
    Answer wanted = server.get("com.atproto.identity.getRecommendedDidCredentials", "", bobs);
    assertThat(wanted.json().obj("verificationMethods").orElseThrow().text("atproto"))
        .contains(reserved);
    assertThat(wanted.json().has("did")).isFalse();
    assertThat(PublicKey.parseDidKey(reserved)).isNotNull();
  }

  private String serviceToken(Did issuer, PrivateKey key) {
    return AccountServer.bearer(
        server.serviceTokens.issue(
            issuer,
            key,
            "did:web:pds.test",
            Nsid.parse("com.atproto.server.createAccount"),
            server.pds.clock.instant().plusSeconds(60)));
  }
}
