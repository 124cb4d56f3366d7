package dev.virga.atproto.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Sha256Test {
  @Test
  void hashes() {
    String abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    assertThat(HexFormat.of().formatHex(Sha256.of("abc".getBytes(US_ASCII)))).isEqualTo(abc);
    assertThat(HexFormat.of().formatHex(Sha256.of("xabcx".getBytes(US_ASCII), 1, 3)))
        .isEqualTo(abc);
  }

  @Test
  void authenticatesAsRfc4231TestCase2() {
    byte[] mac =
        Sha256.hmac("Jefe".getBytes(US_ASCII), "what do ya want for nothing?".getBytes(US_ASCII));

    assertThat(HexFormat.of().formatHex(mac))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assertThatThrownBy(() -> Sha256.hmac(new byte[0], mac))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void comparesSecrets() {
    assertThat(Sha256.same(new byte[] {1, 2}, new byte[] {1, 2})).isTrue();
    assertThat(Sha256.same(new byte[] {1, 2}, new byte[] {1, 3})).isFalse();
    assertThat(Sha256.same(new byte[] {1, 2}, new byte[] {1})).isFalse();
  }
}
