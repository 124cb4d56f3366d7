package dev.virga.atproto.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published vectors of the AT Protocol for keys and signatures. */
class InteropTest {
  static List<Fixtures.Row> signatures() {
    return Fixtures.load("signature-fixtures.json");
  }

  static List<Fixtures.Row> keysOfK256() {
    return Fixtures.load("w3c_didkey_K256.json");
  }

  static List<Fixtures.Row> keysOfP256() {
    return Fixtures.load("w3c_didkey_P256.json");
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void judgesSignatures(Fixtures.Row row) {
    byte[] message = Base64.getDecoder().decode(row.get("messageBase64"));
    byte[] signature = Base64.getDecoder().decode(row.get("signatureBase64"));
    boolean valid = Boolean.parseBoolean(row.get("validSignature"));
    PublicKey key = PublicKey.parseDidKey(row.get("publicKeyDid"));

    assertThat(key.curve().jwtAlgorithm()).isEqualTo(row.get("algorithm"));
    assertThat(key.verify(message, signature)).isEqualTo(valid);
    boolean raw = signature.length == 64;
    assertThat(key.verifyMalleable(message, signature)).isEqualTo(raw);
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void readsBothMultibaseForms(Fixtures.Row row) {
    PublicKey key = PublicKey.parseDidKey(row.get("publicKeyDid"));

    assertThat(key.didKey()).isEqualTo(row.get("publicKeyDid"));
    assertThat(PublicKey.parseLegacyMultibase(key.curve(), row.get("publicKeyMultibase")))
        .isEqualTo(key);
  }

  @ParameterizedTest
  @MethodSource("keysOfK256")
  void derivesPublicKeysOfK256(Fixtures.Row row) {
    byte[] secret = HexFormat.of().parseHex(row.get("privateKeyBytesHex"));

    assertThat(PrivateKey.fromBytes(Curve.K256, secret).publicKey().didKey())
        .isEqualTo(row.get("publicDidKey"));
  }

  @ParameterizedTest
  @MethodSource("keysOfP256")
  void derivesPublicKeysOfP256(Fixtures.Row row) {
    byte[] secret = Base58btc.decode(row.get("privateKeyBytesBase58"));

    assertThat(PrivateKey.fromBytes(Curve.P256, secret).publicKey().didKey())
        .isEqualTo(row.get("publicDidKey"));
  }
}
