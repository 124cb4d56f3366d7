package dev.virga.atproto.crypto;

import dev.virga.atproto.data.DataException;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * A secret number with which an account, a rotation key or the service signs. Immutable; its text
 * form shows only the public half.
 *
 * <p>Source: atproto.com/specs/cryptography.
 */
public final class PrivateKey {
  private final Curve curve;
  private final ECPrivateKeyParameters parameters;
  private volatile @Nullable PublicKey publicKey;

  private PrivateKey(Curve curve, BigInteger secret) {
    this.curve = curve;
    this.parameters = new ECPrivateKeyParameters(secret, curve.domain());
  }

  /** A new key, uniform in [1, order - 1]. */
  public static PrivateKey generate(Curve curve, SecureRandom random) {
    byte[] bytes = new byte[Curve.SCALAR_LENGTH];
    BigInteger secret;
    // The order is so near 2^256 that a second round is as good as never needed.
    do {
      random.nextBytes(bytes);
      secret = new BigInteger(1, bytes);
    } while (!inRange(curve, secret));
    java.util.Arrays.fill(bytes, (byte) 0);
    return new PrivateKey(curve, secret);
  }

  /**
   * Reads 32 bytes, big-endian.
   *
   * @throws DataException if the number is not in [1, order - 1]
   */
  public static PrivateKey fromBytes(Curve curve, byte[] bytes) {
    if (bytes.length != Curve.SCALAR_LENGTH) {
      throw new DataException("a private key has 32 bytes, not " + bytes.length);
    }
    BigInteger secret = new BigInteger(1, bytes);
    if (!inRange(curve, secret)) {
      throw new DataException("not a private key of " + curve);
    }
    return new PrivateKey(curve, secret);
  }

  private static boolean inRange(Curve curve, BigInteger secret) {
    return secret.signum() > 0 && secret.compareTo(curve.order()) < 0;
  }

  public Curve curve() {
    return curve;
  }

  /** The 32 secret bytes; the caller's to wipe. */
  public byte[] toBytes() {
    return BigIntegers.asUnsignedByteArray(Curve.SCALAR_LENGTH, parameters.getD());
  }

  /** The public half, computed once. */
  public PublicKey publicKey() {
    PublicKey known = publicKey;
    if (known == null) {
      known =
          PublicKey.of(
              curve,
              new FixedPointCombMultiplier().multiply(curve.domain().getG(), parameters.getD()));
      publicKey = known;
    }
    return known;
  }

  /**
   * Signs the SHA-256 of the message: 64 bytes, r then s, deterministic (RFC 6979) and low-S.
   *
   * <p>The same key and message always give the same signature, so a retry makes the same CID.
   */
  public byte[] sign(byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, parameters);
    BigInteger[] rs = signer.generateSignature(Sha256.of(message));
    BigInteger s = curve.isLowS(rs[1]) ? rs[1] : curve.order().subtract(rs[1]);
    byte[] signature = new byte[2 * Curve.SCALAR_LENGTH];
    BigIntegers.asUnsignedByteArray(rs[0], signature, 0, Curve.SCALAR_LENGTH);
    BigIntegers.asUnsignedByteArray(s, signature, Curve.SCALAR_LENGTH, Curve.SCALAR_LENGTH);
    return signature;
  }

  /** The public half; the secret is never shown. */
  @Override
  public String toString() {
    return "PrivateKey[" + publicKey() + "]";
  }
}
