package dev.virga.functions.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.AccountServer;
import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.config.Secret;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderAuthenticatorTest {
  private static final Nsid METHOD = Nsid.parse("com.atproto.repo.uploadBlob");
  private static final Access.Account STANDARD = Access.account(Access.Level.STANDARD);

  private final AccountFixture pds = new AccountFixture();
  private final Did alice = pds.account("alice").did();
  private final ServiceTokens services =
      new ServiceTokens(pds.clock, pds.random, AccountFixture.SERVICE, pds.dids::key);
  private final HeaderAuthenticator authenticator =
      new HeaderAuthenticator(pds.tokens, services, Secret.of("pä:ss"), alice);

  /** The credentials, or the status and name of the refusal. */
  private Object ask(Access access, @Nullable String header) {
    Map<String, List<String>> headers =
        header == null ? Map.of() : Map.of("authorization", List.of(header));
    try {
      return authenticator.authenticate(
          access,
          METHOD,
          new HttpRequest("GET", "/", "", headers, InputStream.nullInputStream(), "192.0.2.1"));
    } catch (XrpcException e) {
      return e.status() + " " + e.error();
    }
  }

  private String access(SessionScope scope) {
    return AccountServer.bearer(pds.tokens.access(alice, scope));
  }

  private String service() {
    return AccountServer.bearer(
        services.issue(
            alice,
            pds.keys.of(alice),
            "did:web:pds.test",
            METHOD,
            pds.clock.instant().plusSeconds(60)));
  }

  @ParameterizedTest
  @CsvSource({
    "ACCESS, FULL, true",
    "ACCESS, PRIVILEGED, true",
    "ACCESS, STANDARD, true",
    "APP_PASSWORD_PRIVILEGED, FULL, false",
    "APP_PASSWORD_PRIVILEGED, PRIVILEGED, true",
    "APP_PASSWORD_PRIVILEGED, STANDARD, true",
    "APP_PASSWORD, FULL, false",
    "APP_PASSWORD, PRIVILEGED, false",
    "APP_PASSWORD, STANDARD, true",
    "TAKENDOWN, STANDARD, false",
    "SIGNUP_QUEUED, STANDARD, false",
    "REFRESH, STANDARD, false"
  })
  void levelsNest(SessionScope scope, Access.Level level, boolean admitted) {
    Object answer = ask(Access.account(level), access(scope));

    assertThat(answer)
        .isEqualTo(admitted ? new Credentials.Session(alice, scope) : "400 InvalidToken");
  }

  @Test
  void someMethodsLetMoreSessionsIn() {
    assertThat(ask(STANDARD.takendownToo(), access(SessionScope.TAKENDOWN)))
        .isInstanceOf(Credentials.Session.class);
    assertThat(ask(STANDARD.signupQueuedToo(), access(SessionScope.SIGNUP_QUEUED)))
        .isInstanceOf(Credentials.Session.class);
  }

  @Test
  void serviceTokensAreGoodWhereTheyAreAskedFor() {
    assertThat(ask(STANDARD.serviceToo(), service()))
        .isEqualTo(new Credentials.Service(alice, null));
    assertThat(ask(STANDARD.serviceToo(), access(SessionScope.ACCESS)))
        .isInstanceOf(Credentials.Session.class);
    assertThat(ask(STANDARD, service())).isEqualTo("400 InvalidToken");
    assertThat(ask(new Access.OpenOrService(), service()))
        .isEqualTo(new Credentials.Service(alice, null));
    assertThat(ask(new Access.OpenOrService(), null)).isEqualTo(Credentials.ANONYMOUS);
    assertThat(ask(new Access.OpenOrService(), access(SessionScope.ACCESS)))
        .isEqualTo("401 BadJwt");
    assertThat(ask(new Access.OpenOrService(), AccountServer.admin("pä:ss")))
        .isEqualTo("401 AuthenticationRequired");
  }

  @Test
  void openMethodsLookAtNothing() {
    assertThat(ask(Access.open(), "Bearer nonsense")).isEqualTo(Credentials.ANONYMOUS);
    assertThat(ask(Access.open(), null)).isEqualTo(Credentials.ANONYMOUS);
  }

  @Test
  void ownersAreKnownWhereItHelps() {
    Access owner = new Access.OpenOrOwner();

    assertThat(ask(owner, null)).isEqualTo(Credentials.ANONYMOUS);
    assertThat(ask(owner, access(SessionScope.TAKENDOWN)))
        .isEqualTo(new Credentials.Session(alice, SessionScope.TAKENDOWN));
    assertThat(ask(owner, AccountServer.admin("pä:ss"))).isEqualTo(new Credentials.Admin());
    assertThat(ask(owner, "Bearer nonsense")).isEqualTo("400 InvalidToken");
    assertThat(ask(owner, "Digest x")).isEqualTo("401 AuthenticationRequired");
  }

  @Test
  void theOperatorHasAPassword() {
    Access admin = new Access.Admin();

    assertThat(ask(admin, AccountServer.admin("pä:ss"))).isEqualTo(new Credentials.Admin());
    assertThat(ask(admin, null)).isEqualTo("401 AuthMissing");
    for (String wrong :
        new String[] {
          AccountServer.admin("wrong"),
          AccountServer.admin(""),
          "Basic ???",
          "Basic",
          "Basic YWRtaW4=",
          access(SessionScope.ACCESS),
          service()
        }) {
      assertThat(ask(admin, wrong)).isEqualTo("401 AuthenticationRequired");
    }
  }

  @Test
  void moderatorsAreTheOperatorOrTheService() {
    Access moderator = new Access.Moderator();

    assertThat(ask(moderator, AccountServer.admin("pä:ss"))).isEqualTo(new Credentials.Admin());
    assertThat(ask(moderator, service())).isEqualTo(new Credentials.Service(alice, null));
    Did bob = pds.account("bob").did();
    String other =
        services.issue(
            bob, pds.keys.of(bob), "did:web:pds.test", METHOD, pds.clock.instant().plusSeconds(60));
    assertThat(ask(moderator, AccountServer.bearer(other))).isEqualTo("401 UntrustedIss");
    assertThat(ask(moderator, access(SessionScope.ACCESS))).isEqualTo("401 BadJwt");
    assertThat(ask(moderator, null)).isEqualTo("401 AuthMissing");
  }

  @Test
  void schemesMayBeWrittenInAnyCase() {
    String token = pds.tokens.access(alice, SessionScope.ACCESS);

    assertThat(ask(STANDARD, "bEARER  " + token + " ")).isInstanceOf(Credentials.Session.class);
    assertThat(ask(STANDARD, "DPoP " + token)).isEqualTo("400 InvalidToken");
    assertThat(ask(STANDARD, "")).isEqualTo("400 InvalidToken");
  }
}
