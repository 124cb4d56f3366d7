package dev.virga.atproto.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PrivateKeyTest {
  @ParameterizedTest
  @CsvSource({
    // RFC 6979, A.2.5, with s brought to the lower half where it is not.
    "P256, C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, sample,"
        + " EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,"
        + " F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    "P256, C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, test,"
        + " F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,"
        + " 019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    // The customary vectors of secp256k1 with SHA-256.
    "K256, 0000000000000000000000000000000000000000000000000000000000000001, Satoshi Nakamoto,"
        + " 934B1EA10A4B3C1757E2B0C017D0B6143CE3C9A7E6A4A49860D7A6AB210EE3D8,"
        + " 2442CE9D2B916064108014783E923EC36B49743E2FFA1C4496F01A512AAFD9E5",
    "K256, FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140, Satoshi Nakamoto,"
        + " FD567D121DB66E382991534ADA77A6BD3106F0A1098C231E47993447CD6AF2D0,"
        + " 6B39CD0EB1BC8603E159EF5C20A5C8AD685A45B06CE9BEBED3F153D10D93BED5"
  })
  void signsDeterministically(Curve curve, String secret, String message, String r, String s) {
    PrivateKey key = PrivateKey.fromBytes(curve, HexFormat.of().parseHex(secret));
    BigInteger expected = new BigInteger(s, 16);
    if (!curve.isLowS(expected)) {
      expected = curve.order().subtract(expected);
    }

    byte[] signature = key.sign(message.getBytes(US_ASCII));

    assertThat(new BigInteger(1, signature, 0, 32)).isEqualTo(new BigInteger(r, 16));
    assertThat(new BigInteger(1, signature, 32, 32)).isEqualTo(expected);
    assertThat(key.sign(message.getBytes(US_ASCII))).isEqualTo(signature);
  }

  @ParameterizedTest
  @EnumSource
  void signsEverySortOfMessageLowS(Curve curve) {
    long seed = 6979;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      secret[0] &= 0x7f;
      byte[] message = new byte[random.nextInt(300)];
      random.nextBytes(message);
      PrivateKey key = PrivateKey.fromBytes(curve, secret);

      byte[] signature = key.sign(message);

      assertThat(signature).hasSize(64);
      assertThat(curve.isLowS(new BigInteger(1, signature, 32, 32))).isTrue();
      assertThat(key.publicKey().verify(message, signature))
          .as("seed %s, round %s", seed, round)
          .isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void roundTripsThroughBytes(Curve curve) {
    PrivateKey key = PrivateKey.generate(curve, new SecureRandom());

    PrivateKey copy = PrivateKey.fromBytes(curve, key.toBytes());

    assertThat(key.toBytes()).hasSize(32);
    assertThat(copy.curve()).isEqualTo(curve);
    assertThat(copy.publicKey()).isEqualTo(key.publicKey());
    assertThat(copy.toBytes()).isEqualTo(key.toBytes());
  }

  @ParameterizedTest
  @EnumSource
  void refusesNumbersThatAreNoKeys(Curve curve) {
    byte[] order = BigIntegers.asUnsignedByteArray(32, curve.order());
    byte[] above = HexFormat.of().parseHex("ff".repeat(32));

    for (byte[] bytes : new byte[][] {new byte[32], order, above, new byte[31], new byte[33]}) {
      assertThatThrownBy(() -> PrivateKey.fromBytes(curve, bytes))
          .isInstanceOf(DataException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void triesAgainWhenRandomnessGivesNoKey(Curve curve) {
    SecureRandom zeroThenOne =
        new SecureRandom() {
          private int calls;

          @Override
          public void nextBytes(byte[] bytes) {
            java.util.Arrays.fill(bytes, (byte) calls++);
          }
        };

    assertThat(PrivateKey.generate(curve, zeroThenOne).toBytes()).containsOnly(1);
  }

  @Test
  void neverShowsItsSecret() {
    byte[] secret = HexFormat.of().parseHex("5a".repeat(32));
    PrivateKey key = PrivateKey.fromBytes(Curve.K256, secret);

    assertThat(key.toString())
        .isEqualTo("PrivateKey[" + key.publicKey().didKey() + "]")
        .doesNotContain("5a5a");
  }
}
