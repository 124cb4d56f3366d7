package dev.virga.atproto.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.syntax.SyntaxException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicKeyTest {
  private static final byte[] MESSAGE = {1, 2, 3};

  private static PrivateKey key(Curve curve) {
    byte[] secret = new byte[32];
    secret[31] = 7;
    return PrivateKey.fromBytes(curve, secret);
  }

  @ParameterizedTest
  @EnumSource
  void roundTripsThroughEveryForm(Curve curve) {
    PublicKey key = key(curve).publicKey();

    assertThat(PublicKey.parseDidKey(key.didKey())).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(PublicKey.parseMultibase(key.multibase())).isEqualTo(key);
    assertThat(PublicKey.fromCompressed(curve, key.compressed())).isEqualTo(key);
    assertThat(PublicKey.fromCoordinates(curve, key.x(), key.y())).isEqualTo(key);
    assertThat(key).hasToString(key.didKey());
  }

  @Test
  void readsTheUncompressedPointsOfOldDocuments() {
    PublicKey key = key(Curve.K256).publicKey();
    byte[] point = new byte[65];
    point[0] = 4;
    System.arraycopy(key.x(), 0, point, 1, 32);
    System.arraycopy(key.y(), 0, point, 33, 32);

    assertThat(PublicKey.parseLegacyMultibase(Curve.K256, "z" + Base58btc.encode(point)))
        .isEqualTo(key);
  }

  @Test
  void equalCoordinatesOnOtherCurvesAreOtherKeys() {
    assertThat(key(Curve.K256).publicKey()).isNotEqualTo(key(Curve.P256).publicKey());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "did:key:",
        "did:key:z",
        "did:key:z1",
        "did:web:example.com",
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:Q3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBm",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBmee",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBm0",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "DID:KEY:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"
      })
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> PublicKey.parseDidKey(text)).isInstanceOf(SyntaxException.class);
  }

  @Test
  void refusesEndlessTextAtOnce() {
    assertThatThrownBy(() -> PublicKey.parseDidKey("did:key:z" + "2".repeat(1_000_000)))
        .isInstanceOf(SyntaxException.class);
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatIsNoPointOfTheCurve(Curve curve) {
    byte[] notOnCurve = new byte[33];
    notOnCurve[0] = 2;
    Arrays.fill(notOnCurve, 1, 33, (byte) 0xff);
    byte[] uncompressedWithoutY = key(curve).publicKey().compressed();
    uncompressedWithoutY[0] = 4;

    for (byte[] bytes :
        new byte[][] {notOnCurve, uncompressedWithoutY, {}, {0}, new byte[33], new byte[32]}) {
      assertThatThrownBy(() -> PublicKey.fromCompressed(curve, bytes))
          .isInstanceOf(DataException.class);
    }
    assertThatThrownBy(() -> PublicKey.fromCoordinates(curve, new byte[32], new byte[32]))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> PublicKey.fromCoordinates(curve, new byte[31], new byte[33]))
        .isInstanceOf(DataException.class);
  }

  @ParameterizedTest
  @EnumSource
  void refusesSignaturesOfAnyOtherLength(Curve curve) {
    PublicKey key = key(curve).publicKey();
    byte[] good = key(curve).sign(MESSAGE);
    for (int length : new int[] {0, 1, 32, 63, 65, 70, 71, 72, 128}) {
      byte[] bad = Arrays.copyOf(good, length);

      assertThat(key.verify(MESSAGE, bad)).as("%s bytes", length).isFalse();
      assertThat(key.verifyMalleable(MESSAGE, bad)).as("%s bytes", length).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesNumbersOutOfRange(Curve curve) {
    PublicKey key = key(curve).publicKey();
    byte[] good = key(curve).sign(MESSAGE);
    byte[] order = BigIntegers.asUnsignedByteArray(32, curve.order());
    byte[] most = new byte[32];
    Arrays.fill(most, (byte) 0xff);
    for (byte[] half : new byte[][] {new byte[32], order, most}) {
      for (int at : new int[] {0, 32}) {
        byte[] bad = good.clone();
        System.arraycopy(half, 0, bad, at, 32);

        assertThat(key.verify(MESSAGE, bad)).isFalse();
        assertThat(key.verifyMalleable(MESSAGE, bad)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptsHighSOnlyWhereAskedTo(Curve curve) {
    PublicKey key = key(curve).publicKey();
    byte[] signature = key(curve).sign(MESSAGE);
    BigInteger s = new BigInteger(1, signature, 32, 32);
    BigIntegers.asUnsignedByteArray(curve.order().subtract(s), signature, 32, 32);

    assertThat(key.verify(MESSAGE, signature)).isFalse();
    assertThat(key.verifyMalleable(MESSAGE, signature)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnotherMessageKeyAndEveryFlippedBit(Curve curve) {
    PublicKey key = key(curve).publicKey();
    byte[] signature = key(curve).sign(MESSAGE);
    byte[] other = new byte[32];
    other[0] = 1;

    assertThat(key.verify(MESSAGE, signature)).isTrue();
    assertThat(key.verify(new byte[] {1, 2, 4}, signature)).isFalse();
    assertThat(PrivateKey.fromBytes(curve, other).publicKey().verify(MESSAGE, signature)).isFalse();
    for (int bit = 0; bit < 512; bit += 37) {
      byte[] flipped = signature.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(key.verifyMalleable(MESSAGE, flipped)).as("bit %s", bit).isFalse();
    }
  }

  @Test
  void knowsThePointOfTheSecretOne() {
    byte[] one = new byte[32];
    one[31] = 1;

    assertThat(HexFormat.of().formatHex(PrivateKey.fromBytes(Curve.K256, one).publicKey().y()))
        .isEqualTo("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    assertThat(HexFormat.of().formatHex(PrivateKey.fromBytes(Curve.P256, one).publicKey().x()))
        .isEqualTo("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
  }
}
