package dev.virga.pds.backup;

import dev.virga.atproto.crypto.Sha256;
import dev.virga.atproto.data.Base32;
import dev.virga.atproto.data.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a server's own must be the same where its accounts go on: told in a backup without
 * telling any secret.
 *
 * @param hostname in the DID documents of its accounts
 * @param rotationKey did:key with which it may change their DIDs
 * @param sealing a fingerprint of the secret that seals their signing keys
 */
public record ServerIdentity(String hostname, String rotationKey, String sealing) {
  private static final int FINGERPRINT = 16;

  /** Of a server with a sealing secret of 32 bytes. */
  public static ServerIdentity of(String hostname, String rotationKey, byte[] sealingSecret) {
    return new ServerIdentity(hostname, rotationKey, fingerprint(sealingSecret));
  }

  /** A fingerprint of a secret, which is too long to be guessed from it. */
  static String fingerprint(byte[] secret) {
    byte[] label = "virga backup: fingerprint of ".getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[label.length + secret.length];
    System.arraycopy(label, 0, all, 0, label.length);
    System.arraycopy(secret, 0, all, label.length, secret.length);
    return Base32.encode(Sha256.of(all)).substring(0, FINGERPRINT);
  }

  Value toValue() {
    return Value.Obj.builder()
        .put("hostname", hostname)
        .put("rotationKey", rotationKey)
        .put("sealing", sealing)
        .build();
  }

  static ServerIdentity from(Value.Obj value) {
    return new ServerIdentity(
        value.text("hostname").orElse(""),
        value.text("rotationKey").orElse(""),
        value.text("sealing").orElse(""));
  }

  /** What is different here, for the operator to know. */
  List<String> differences(ServerIdentity here) {
    List<String> differences = new ArrayList<>();
    if (!hostname.equals(here.hostname)) {
      differences.add(
          "the hostname is %s, it was %s: DID documents still point there"
              .formatted(here.hostname, hostname));
    }
    if (!rotationKey.equals(here.rotationKey)) {
      differences.add(
          "the PLC rotation key is another: DIDs cannot be changed from here until it is the old"
              + " one");
    }
    return differences;
  }
}
