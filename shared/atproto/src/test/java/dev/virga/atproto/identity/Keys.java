package dev.virga.atproto.identity;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Handle;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/** Fixed keys and an account's state for the tests of this package. */
final class Keys {
  static final PrivateKey RECOVERY = key(Curve.K256, 1);
  static final PrivateKey SERVER = key(Curve.P256, 2);
  static final PrivateKey SPARE = key(Curve.K256, 3);
  static final PrivateKey SIGNING = key(Curve.K256, 4);
  static final PrivateKey STRANGER = key(Curve.K256, 5);

  private Keys() {}

  static PrivateKey key(Curve curve, int number) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) number;
    return PrivateKey.fromBytes(curve, bytes);
  }

  static PlcData account(PrivateKey... rotationKeys) {
    return PlcData.ofAccount(
        Handle.parse("alice.test"),
        SIGNING.publicKey(),
        URI.create("https://pds.example"),
        Stream.of(rotationKeys).map(PrivateKey::publicKey).toList());
  }

  static PlcData account() {
    return account(RECOVERY, SERVER, SPARE);
  }

  static List<String> didKeys(PrivateKey... keys) {
    return Stream.of(keys).map(key -> key.publicKey().didKey()).toList();
  }
}
