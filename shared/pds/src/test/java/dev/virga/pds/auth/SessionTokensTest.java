package dev.virga.pds.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.FakeClock;
import dev.virga.pds.XrpcException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionTokensTest {
  private static final Did SERVICE = Did.parse("did:web:pds.test");
  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);

  private final FakeClock clock = new FakeClock();
  private final SessionTokens tokens = new SessionTokens(clock, SECRET, SERVICE);

  @ParameterizedTest
  @EnumSource(value = SessionScope.class, mode = EnumSource.Mode.EXCLUDE, names = "REFRESH")
  void accessTokensSayWhoseAndWhatFor(SessionScope scope) {
    assertThat(tokens.verifyAccess(tokens.access(ALICE, scope)))
        .isEqualTo(new Credentials.Session(ALICE, scope));
  }

  @Test
  void tokensHaveTheReferencesClaims() throws Exception {
    Jwt access = Jwt.parse(tokens.access(ALICE, SessionScope.ACCESS), Set.of("HS256"));
    long now = clock.instant().getEpochSecond();

    assertThat(access.header())
        .isEqualTo(Value.Obj.builder().put("typ", "at+jwt").put("alg", "HS256").build());
    assertThat(access.claims())
        .isEqualTo(
            Value.Obj.builder()
                .put("scope", "com.atproto.access")
                .put("aud", "did:web:pds.test")
                .put("sub", "did:plc:alice")
                .put("iat", now)
                .put("exp", now + 7200)
                .build());
  }

  @Test
  void accessTokensExpireAfterTwoHours() {
    String token = tokens.access(ALICE, SessionScope.ACCESS);

    clock.advance(Duration.ofHours(2).minusSeconds(1));
    assertThat(tokens.verifyAccess(token).did()).isEqualTo(ALICE);
    clock.advance(Duration.ofSeconds(1));
    assertRefused(() -> tokens.verifyAccess(token), "ExpiredToken");
  }

  @Test
  void refreshTokensCarryTheirId() {
    String token = tokens.refresh(ALICE, "id+/1", clock.instant().plusSeconds(60));

    assertThat(tokens.verifyRefresh(token, false))
        .isEqualTo(new Credentials.Refresh(ALICE, "id+/1", clock.instant().plusSeconds(60)));
    clock.advance(Duration.ofSeconds(60));
    assertRefused(() -> tokens.verifyRefresh(token, false), "ExpiredToken");
    assertThat(tokens.verifyRefresh(token, true).tokenId()).isEqualTo("id+/1");
  }

  @Test
  void oneKindNeverPassesForTheOther() {
    String refresh = tokens.refresh(ALICE, "id", clock.instant().plusSeconds(60));
    String access = tokens.access(ALICE, SessionScope.ACCESS);

    assertRefused(() -> tokens.verifyAccess(refresh), "InvalidToken");
    assertRefused(() -> tokens.verifyRefresh(access, true), "InvalidToken");
  }

  @Test
  void anAccessTokenWithTheRefreshScopeIsNone() {
    String odd = tokens.access(ALICE, SessionScope.REFRESH);

    assertRefused(() -> tokens.verifyAccess(odd), "InvalidToken");
  }

  @Test
  void refusesTokensOfOtherServers() {
    Did other = Did.parse("did:web:other.test");
    String otherAudience =
        new SessionTokens(clock, SECRET, other).access(ALICE, SessionScope.ACCESS);
    String otherSecret =
        new SessionTokens(clock, new byte[] {1}, SERVICE).access(ALICE, SessionScope.ACCESS);

    assertRefused(() -> tokens.verifyAccess(otherAudience), "InvalidToken");
    assertRefused(() -> tokens.verifyAccess(otherSecret), "InvalidToken");
  }

  @Test
  void refusesTamperedAndUnsignedTokens() {
    String token = tokens.access(ALICE, SessionScope.ACCESS);
    String[] parts = token.split("\\.", -1);
    String mallory = tokens.access(Did.parse("did:plc:mallory"), SessionScope.ACCESS);

    assertRefused(
        () -> tokens.verifyAccess(parts[0] + "." + mallory.split("\\.", -1)[1] + "." + parts[2]),
        "InvalidToken");
    assertRefused(() -> tokens.verifyAccess(parts[0] + "." + parts[1] + "."), "InvalidToken");
    // {"typ":"at+jwt","alg":"none"}
    assertRefused(
        () -> tokens.verifyAccess("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJub25lIn0." + parts[1] + "."),
        "InvalidToken");
    assertRefused(() -> tokens.verifyAccess("nonsense"), "InvalidToken");
  }

  private static void assertRefused(ThrowingCallable call, String error) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.error()).isEqualTo(error);
            });
  }
}
