package dev.virga.pds.auth;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks the tokens with which services and accounts speak to each other's servers:
 * short-lived JWTs signed with the issuer's own key.
 *
 * <p>Source: atproto.com/specs/xrpc, "Inter-Service Authentication"; behaviour §3.
 */
public final class ServiceTokens {
  private static final Set<String> ALGORITHMS = Set.of("ES256K", "ES256");
  private static final Set<String> OTHER_TYPES = Set.of("at+jwt", "refresh+jwt", "dpop+jwt");

  /** The key in a DID document that signs for a service in it. */
  private static final Map<String, String> KEY_OF_SERVICE =
      Map.of("atproto_labeler", "atproto_label");

  /** Where the keys of issuers come from: DID documents, cached. */
  @FunctionalInterface
  public interface Keys {
    /**
     * A key of a DID document.
     *
     * @param fragment of the verification method, without {@code #}
     * @param fresh whether the document must be fetched anew
     * @return empty if the DID cannot be resolved or has no such key
     */
    Optional<PublicKey> find(Did did, String fragment, boolean fresh);
  }

  private final InstantSource clock;
  private final SecureRandom random;
  private final Did service;
  private final Keys keys;

  /**
   * Tokens as seen by one server.
   *
   * @param service the audience that incoming tokens must name
   */
  public ServiceTokens(InstantSource clock, SecureRandom random, Did service, Keys keys) {
    this.clock = clock;
    this.random = random;
    this.service = service;
    this.keys = keys;
  }

  /**
   * Makes a token.
   *
   * @param audience a service's DID, with or without the fragment of one of its services
   * @param method what it is for; null for anything
   */
  public String issue(
      Did issuer, PrivateKey key, String audience, @Nullable Nsid method, Instant expires) {
    String algorithm = key.curve() == Curve.K256 ? "ES256K" : "ES256";
    Value.Builder claims =
        Value.Obj.builder()
            .put("iat", clock.instant().getEpochSecond())
            .put("iss", issuer.text())
            .put("aud", audience)
            .put("exp", expires.getEpochSecond())
            .put("jti", newId());
    if (method != null) {
      claims.put("lxm", method.text());
    }
    Value.Obj header = Value.Obj.builder().put("typ", "JWT").put("alg", algorithm).build();
    return Jwt.sign(header, claims.build(), key::sign);
  }

  /**
   * Believes a token that is meant for this server and one method, or refuses it.
   *
   * @throws XrpcException 401 with the name of what is wrong: BadJwt, BadJwtType, JwtExpired,
   *     BadJwtAudience, BadJwtLexiconMethod, BadJwtIss or BadJwtSignature
   */
  public Credentials.Service verify(String token, Nsid method) {
    Jwt jwt = parse(token);
    if (OTHER_TYPES.contains(jwt.type())) {
      throw XrpcException.unauthorized("BadJwtType", "jwt is of the wrong type");
    }
    Instant expires = jwt.instant("exp").orElseThrow(() -> bad("jwt has no expiry"));
    if (!clock.instant().isBefore(expires)) {
      throw XrpcException.unauthorized("JwtExpired", "jwt expired");
    }
    String audience = jwt.text("aud").orElse("");
    if (!audience.equals(service.text()) && !audience.equals(service.text() + "#atproto_pds")) {
      throw XrpcException.unauthorized("BadJwtAudience", "jwt audience does not match service did");
    }
    if (!jwt.text("lxm").equals(Optional.of(method.text()))) {
      throw XrpcException.unauthorized(
          "BadJwtLexiconMethod", "bad jwt lexicon method (\"lxm\"). must match: " + method);
    }
    Credentials.Service issuer = issuer(jwt);
    requireSignature(jwt, issuer);
    return issuer;
  }

  /** Whether a text has the form of a service token rather than of a session's. */
  public static boolean isOne(String token) {
    try {
      return !OTHER_TYPES.contains(Jwt.parse(token, ALGORITHMS).type());
    } catch (JwtException e) {
      return false;
    }
  }

  private static Jwt parse(String token) {
    try {
      return Jwt.parse(token, ALGORITHMS);
    } catch (JwtException e) {
      throw bad("poorly formatted jwt");
    }
  }

  /**
   * The issuer; its service is named by the fragment of {@code iss} or, of late, by {@code kid}.
   */
  private static Credentials.Service issuer(Jwt jwt) {
    String issuer = jwt.text("iss").orElse("");
    int hash = issuer.indexOf('#');
    try {
      if (hash >= 0) {
        return new Credentials.Service(
            Did.parse(issuer.substring(0, hash)), issuer.substring(hash + 1));
      }
      Did did = Did.parse(issuer);
      String kid = jwt.header().text("kid").orElse("");
      String key = kid.substring(kid.indexOf('#') + 1);
      return new Credentials.Service(did, serviceOf(key));
    } catch (SyntaxException e) {
      throw badIssuer("jwt issuer is not a did");
    }
  }

  private static @Nullable String serviceOf(String key) {
    for (Map.Entry<String, String> entry : KEY_OF_SERVICE.entrySet()) {
      if (entry.getValue().equals(key)) {
        return entry.getKey();
      }
    }
    return null;
  }

  private void requireSignature(Jwt jwt, Credentials.Service issuer) {
    String fragment = issuer.fragment();
    String name = fragment == null ? "atproto" : KEY_OF_SERVICE.getOrDefault(fragment, "atproto");
    Optional<PublicKey> known = keys.find(issuer.issuer(), name, false);
    if (known.isPresent() && isSigned(jwt, known.get())) {
      return;
    }
    PublicKey current =
        keys.find(issuer.issuer(), name, true)
            .orElseThrow(() -> badIssuer("could not find the signing key of the jwt issuer"));
    if (known.equals(Optional.of(current)) || !isSigned(jwt, current)) {
      throw XrpcException.unauthorized(
          "BadJwtSignature", "jwt signature does not match jwt issuer");
    }
  }

  private static boolean isSigned(Jwt jwt, PublicKey key) {
    String expected = key.curve() == Curve.K256 ? "ES256K" : "ES256";
    return jwt.header().text("alg").equals(Optional.of(expected))
        && key.verifyMalleable(jwt.signed(), jwt.signature());
  }

  private String newId() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static XrpcException bad(String message) {
    return XrpcException.unauthorized("BadJwt", message);
  }

  private static XrpcException badIssuer(String message) {
    return XrpcException.unauthorized("BadJwtIss", message);
  }
}
