package dev.virga.atproto.crypto;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.syntax.SyntaxException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A point of one of the two curves, by which signatures of an account, a service or a rotation key
 * are checked. Immutable.
 *
 * <p>Source: atproto.com/specs/cryptography, "Public Key Encoding".
 */
public final class PublicKey {
  private static final String DID_KEY = "did:key:";

  /** More than any key's multibase text: an uncompressed point takes 91 characters. */
  private static final int MAX_TEXT = 128;

  private final Curve curve;
  private final ECPublicKeyParameters parameters;
  private final byte[] compressed;

  private PublicKey(Curve curve, ECPoint point) {
    this.curve = curve;
    this.parameters = new ECPublicKeyParameters(point, curve.domain());
    this.compressed = parameters.getQ().getEncoded(true);
  }

  static PublicKey of(Curve curve, ECPoint point) {
    return new PublicKey(curve, point);
  }

  /**
   * Reads {@code did:key:z…}.
   *
   * @throws SyntaxException if it is not a did:key of a compressed point of either curve
   */
  public static PublicKey parseDidKey(String text) {
    if (!text.startsWith(DID_KEY)) {
      throw new SyntaxException("not a did:key");
    }
    return parseMultibase(text.substring(DID_KEY.length()));
  }

  /**
   * Reads a Multikey: {@code z}, base58btc, the curve's multicodec, the compressed point.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static PublicKey parseMultibase(String text) {
    byte[] bytes = decodeMultibase(text);
    for (Curve curve : Curve.values()) {
      byte[] prefix = curve.multicodec();
      if (bytes.length == prefix.length + 33 && startsWith(bytes, prefix)) {
        return parsed(curve, Arrays.copyOfRange(bytes, prefix.length, bytes.length));
      }
    }
    throw new SyntaxException("not a compressed public key of secp256k1 or P-256");
  }

  /**
   * Reads the multibase text of the verification method types of 2019, whose type names the curve:
   * {@code z}, base58btc, the point (compressed or not) without a multicodec.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static PublicKey parseLegacyMultibase(Curve curve, String text) {
    return parsed(curve, decodeMultibase(text));
  }

  /**
   * Reads a compressed point, 33 bytes.
   *
   * @throws DataException if the bytes are not a point of that curve
   */
  public static PublicKey fromCompressed(Curve curve, byte[] compressed) {
    if (compressed.length != 33) {
      throw new DataException("a compressed point has 33 bytes, not " + compressed.length);
    }
    return new PublicKey(curve, curve.point(compressed));
  }

  /**
   * Reads affine coordinates, 32 bytes each and big-endian, as a JWK carries them.
   *
   * @throws DataException if the bytes are not a point of that curve
   */
  public static PublicKey fromCoordinates(Curve curve, byte[] x, byte[] y) {
    if (x.length != Curve.SCALAR_LENGTH || y.length != Curve.SCALAR_LENGTH) {
      throw new DataException("a coordinate has 32 bytes");
    }
    byte[] encoded = new byte[65];
    encoded[0] = 4;
    System.arraycopy(x, 0, encoded, 1, x.length);
    System.arraycopy(y, 0, encoded, 33, y.length);
    return new PublicKey(curve, curve.point(encoded));
  }

  private static PublicKey parsed(Curve curve, byte[] point) {
    try {
      return new PublicKey(curve, curve.point(point));
    } catch (DataException e) {
      throw new SyntaxException("not a public key: " + e.getMessage());
    }
  }

  private static byte[] decodeMultibase(String text) {
    if (text.length() > MAX_TEXT || !text.startsWith("z")) {
      throw new SyntaxException("not a public key in multibase base58btc");
    }
    return Base58btc.decode(text.substring(1));
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  public Curve curve() {
    return curve;
  }

  /** {@code did:key:} and {@link #multibase()}. */
  public String didKey() {
    return DID_KEY + multibase();
  }

  /** The Multikey text, with multicodec: {@code zQ3s…} for K-256, {@code zDn…} for P-256. */
  public String multibase() {
    byte[] prefix = curve.multicodec();
    byte[] bytes = Arrays.copyOf(prefix, prefix.length + compressed.length);
    System.arraycopy(compressed, 0, bytes, prefix.length, compressed.length);
    return "z" + Base58btc.encode(bytes);
  }

  /** A copy of the 33 bytes of the compressed point. */
  public byte[] compressed() {
    return compressed.clone();
  }

  /** The x coordinate, 32 bytes, as a JWK carries it. */
  public byte[] x() {
    return Arrays.copyOfRange(compressed, 1, compressed.length);
  }

  /** The y coordinate, 32 bytes, as a JWK carries it. */
  public byte[] y() {
    return parameters.getQ().getAffineYCoord().getEncoded();
  }

  /** Whether a 64-byte low-S signature is this key's over the message; false for any other form. */
  public boolean verify(byte[] message, byte[] signature) {
    return verifyDigest(Sha256.of(message), signature, false);
  }

  /** Like {@link #verify}, but accepts high-S too, as JWT libraries produce it. */
  public boolean verifyMalleable(byte[] message, byte[] signature) {
    return verifyDigest(Sha256.of(message), signature, true);
  }

  private boolean verifyDigest(byte[] digest, byte[] signature, boolean highS) {
    if (signature.length != 2 * Curve.SCALAR_LENGTH) {
      return false;
    }
    BigInteger r = new BigInteger(1, signature, 0, Curve.SCALAR_LENGTH);
    BigInteger s = new BigInteger(1, signature, Curve.SCALAR_LENGTH, Curve.SCALAR_LENGTH);
    if (!highS && !curve.isLowS(s)) {
      return false;
    }
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, parameters);
    return verifier.verifySignature(digest, r, s);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKey that
        && curve == that.curve
        && Arrays.equals(compressed, that.compressed);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(compressed);
  }

  /** The did:key. */
  @Override
  public String toString() {
    return didKey();
  }
}
