package dev.virga.atproto.crypto;

import dev.virga.atproto.data.DataException;
import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.WNafUtil;
import org.bouncycastle.math.ec.custom.sec.SecP256K1Curve;
import org.bouncycastle.math.ec.custom.sec.SecP256R1Curve;
import org.bouncycastle.util.encoders.Hex;

/**
 * One of the two elliptic curves on which the AT Protocol signs.
 *
 * <p>Source: atproto.com/specs/cryptography; parameters from SEC 2.
 */
@SuppressWarnings(
    "ImmutableEnumChecker") // Fixed after construction, but for Bouncy Castle's tables.
public enum Curve {
  /** secp256k1, "k256"; the curve of accounts' signing keys here. */
  K256(
      "ES256K",
      new byte[] {(byte) 0xe7, 0x01},
      new SecP256K1Curve(),
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
      "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
  /** NIST P-256, secp256r1, "p256". */
  P256(
      "ES256",
      new byte[] {(byte) 0x80, 0x24},
      new SecP256R1Curve(),
      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

  /** Bytes in a private key, in a coordinate, and in each half of a signature. */
  static final int SCALAR_LENGTH = 32;

  private final String jwtAlgorithm;
  private final byte[] multicodec;
  private final ECDomainParameters domain;
  private final BigInteger halfOrder;

  Curve(String jwtAlgorithm, byte[] multicodec, ECCurve curve, String x, String y) {
    this.jwtAlgorithm = jwtAlgorithm;
    this.multicodec = multicodec;
    ECPoint base = curve.decodePoint(Hex.decode("04" + x + y));
    WNafUtil.configureBasepoint(base);
    this.domain = new ECDomainParameters(curve, base, curve.getOrder(), curve.getCofactor());
    this.halfOrder = curve.getOrder().shiftRight(1);
  }

  /** The name of ECDSA on this curve as a JWT's {@code alg} (RFC 7518, RFC 8812). */
  public String jwtAlgorithm() {
    return jwtAlgorithm;
  }

  /**
   * The varint that precedes a compressed point in did:key and Multikey; shared, not written to.
   */
  byte[] multicodec() {
    return multicodec;
  }

  /** Parameters with their table of multiples of the base point, which must not be rebuilt. */
  ECDomainParameters domain() {
    return domain;
  }

  BigInteger order() {
    return domain.getN();
  }

  boolean isLowS(BigInteger s) {
    return s.compareTo(halfOrder) <= 0;
  }

  /**
   * Reads a point in SEC 1 form, compressed (33 bytes) or uncompressed (65 bytes).
   *
   * @throws DataException unless it is a point of the curve other than infinity
   */
  ECPoint point(byte[] encoded) {
    boolean compressed = encoded.length == 33 && (encoded[0] == 2 || encoded[0] == 3);
    boolean uncompressed = encoded.length == 65 && encoded[0] == 4;
    if (!compressed && !uncompressed) {
      throw new DataException("not an encoded point of " + this);
    }
    try {
      return domain.getCurve().decodePoint(encoded);
    } catch (IllegalArgumentException e) {
      throw new DataException("not a point of " + this, e);
    }
  }
}
