package dev.virga.pds.auth;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Makes and checks the tokens of legacy sessions: JWTs signed with the server's secret by HS256.
 *
 * <p>Two kinds that never pass for each other: access tokens ({@code at+jwt}, 120 minutes) and
 * refresh tokens ({@code refresh+jwt}, 90 days). Source: behaviour §3.
 */
public final class SessionTokens {
  /** How long an access token is good. */
  public static final Duration ACCESS_LIFE = Duration.ofHours(2);

  /** How long a refresh token is good unless it is used or revoked. */
  public static final Duration REFRESH_LIFE = Duration.ofDays(90);

  private static final String ACCESS_TYPE = "at+jwt";
  private static final String REFRESH_TYPE = "refresh+jwt";
  private static final Set<String> ALGORITHMS = Set.of("HS256");

  private final InstantSource clock;
  private final HmacKey key;
  private final Did service;

  /**
   * Tokens of one server.
   *
   * @param secret the UTF-8 of {@code PDS_JWT_SECRET}
   * @param service the audience of every token
   */
  public SessionTokens(InstantSource clock, byte[] secret, Did service) {
    this.clock = clock;
    this.key = new HmacKey(secret);
    this.service = service;
  }

  /** An access token for a while from now. */
  public String access(Did account, SessionScope scope) {
    return sign(ACCESS_TYPE, claims(account, scope, clock.instant().plus(ACCESS_LIFE)));
  }

  /** The refresh token with that id. */
  public String refresh(Did account, String id, Instant expires) {
    Value.Obj claims = claims(account, SessionScope.REFRESH, expires);
    return sign(REFRESH_TYPE, claims.with("jti", Value.of(id)));
  }

  private Value.Obj claims(Did account, SessionScope scope, Instant expires) {
    return Value.Obj.builder()
        .put("scope", scope.claim())
        .put("aud", service.text())
        .put("sub", account.text())
        .put("iat", clock.instant().getEpochSecond())
        .put("exp", expires.getEpochSecond())
        .build();
  }

  private String sign(String type, Value.Obj claims) {
    Value.Obj header = Value.Obj.builder().put("typ", type).put("alg", "HS256").build();
    return Jwt.sign(header, claims, key::sign);
  }

  /**
   * Believes an access token or refuses it.
   *
   * @throws XrpcException 400 InvalidToken for anything that is not an access token of this server,
   *     400 ExpiredToken for one that was
   */
  public Credentials.Session verifyAccess(String token) {
    Jwt jwt = verified(token, ACCESS_TYPE);
    SessionScope scope =
        jwt.text("scope")
            .flatMap(SessionScope::fromClaim)
            .filter(known -> known != SessionScope.REFRESH)
            .orElseThrow(() -> invalid("Bad token scope"));
    requireUnexpired(jwt);
    return new Credentials.Session(subject(jwt), scope);
  }

  /**
   * Believes a refresh token or refuses it; whether it is still on record is {@link Sessions}'
   * question.
   *
   * @param evenExpired whether one past its time will do, as for signing out
   * @throws XrpcException as {@link #verifyAccess}
   */
  public Credentials.Refresh verifyRefresh(String token, boolean evenExpired) {
    Jwt jwt = verified(token, REFRESH_TYPE);
    if (jwt.text("scope").flatMap(SessionScope::fromClaim).orElse(null) != SessionScope.REFRESH) {
      throw invalid("Bad token scope");
    }
    String id =
        jwt.text("jti")
            .filter(text -> !text.isEmpty())
            .orElseThrow(() -> invalid("Unexpected missing refresh token id"));
    if (!evenExpired) {
      requireUnexpired(jwt);
    }
    return new Credentials.Refresh(subject(jwt), id, expiry(jwt));
  }

  private Jwt verified(String token, String type) {
    try {
      Jwt jwt = Jwt.parse(token, ALGORITHMS);
      if (jwt.type().equals(type)
          && key.verify(jwt.signed(), jwt.signature())
          && jwt.text("aud").equals(Optional.of(service.text()))) {
        return jwt;
      }
    } catch (JwtException e) {
      throw invalid("Token could not be verified");
    }
    throw invalid("Token could not be verified");
  }

  private void requireUnexpired(Jwt jwt) {
    if (!clock.instant().isBefore(expiry(jwt))) {
      throw XrpcException.badRequest("ExpiredToken", "Token has expired");
    }
  }

  private static Instant expiry(Jwt jwt) {
    return jwt.instant("exp").orElseThrow(() -> invalid("Malformed token"));
  }

  private static Did subject(Jwt jwt) {
    try {
      return Did.parse(jwt.text("sub").orElse(""));
    } catch (SyntaxException e) {
      throw invalid("Malformed token");
    }
  }

  static XrpcException invalid(String message) {
    return XrpcException.badRequest("InvalidToken", message);
  }
}
