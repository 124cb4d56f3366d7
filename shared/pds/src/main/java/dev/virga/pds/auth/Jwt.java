package dev.virga.pds.auth;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A JSON Web Token in compact form, taken apart but not yet believed: the ground of session and
 * service tokens.
 *
 * <p>Only the form is checked here, strictly: three parts of unpadded base64url, objects without
 * duplicate keys, no critical extensions, and an algorithm out of the caller's list; {@code none}
 * is in no list. Source: RFC 7515 §5.2, RFC 8725 §3.1.
 *
 * @param signed what the signature is over
 */
@SuppressWarnings("ArrayRecordComponent")
record Jwt(Value.Obj header, Value.Obj claims, byte[] signed, byte[] signature) {
  /** Characters of a token; ours have about 300, those of other services below 1,000. */
  static final int MAX_LENGTH = 8_192;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  /** Makes the signature of a token. */
  @FunctionalInterface
  interface Signer {
    byte[] sign(byte[] message);
  }

  /**
   * Takes a token apart.
   *
   * @param algorithms the values of {@code alg} that the caller can check
   */
  static Jwt parse(String token, Set<String> algorithms) throws JwtException {
    if (token.length() > MAX_LENGTH) {
      throw new JwtException("token is too long");
    }
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first <= 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
      throw new JwtException("token has not three parts");
    }
    Value.Obj header = object(token.substring(0, first));
    if (!algorithms.contains(header.text("alg").orElse(""))) {
      throw new JwtException("token has an algorithm that is not accepted");
    }
    if (header.has("crit")) {
      throw new JwtException("token has critical extensions");
    }
    return new Jwt(
        header,
        object(token.substring(first + 1, second)),
        token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
        bytes(token.substring(second + 1)));
  }

  /** Makes a token. */
  static String sign(Value.Obj header, Value.Obj claims, Signer signer) {
    String unsigned = text(header) + "." + text(claims);
    byte[] signature = signer.sign(unsigned.getBytes(StandardCharsets.US_ASCII));
    return unsigned + "." + ENCODER.encodeToString(signature);
  }

  /** The type in lower case, which tells tokens for different purposes apart. */
  String type() {
    return header.text("typ").orElse("").toLowerCase(java.util.Locale.ROOT);
  }

  Optional<String> text(String claim) {
    return claims.text(claim);
  }

  /** An instant given as seconds since the epoch, if the claim is there and within reason. */
  Optional<Instant> instant(String claim) {
    OptionalLong seconds = claims.integer(claim);
    return seconds.isPresent() && seconds.getAsLong() >= 0 && seconds.getAsLong() < 1L << 40
        ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong()))
        : Optional.empty();
  }

  private static String text(Value.Obj part) {
    return ENCODER.encodeToString(DataJson.toJson(part));
  }

  private static Value.Obj object(String part) throws JwtException {
    try {
      if (DataJson.parse(bytes(part)) instanceof Value.Obj obj) {
        return obj;
      }
    } catch (DataException e) {
      throw new JwtException("token holds malformed JSON");
    }
    throw new JwtException("token holds something else than objects");
  }

  private static byte[] bytes(String part) throws JwtException {
    try {
      byte[] bytes = DECODER.decode(part);
      if (ENCODER.encodeToString(bytes).equals(part)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new JwtException("token is not base64url");
    }
    throw new JwtException("token is not canonical base64url");
  }
}
