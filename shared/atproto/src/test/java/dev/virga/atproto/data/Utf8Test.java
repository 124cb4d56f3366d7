package dev.virga.atproto.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void agreesWithTheStrictDecoderOfTheJdk() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    int[] interesting = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf};
    int[] leads = {0xe0, 0xe1, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff};
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[random.nextInt(6)];
      for (int j = 0; j < bytes.length; j++) {
        int[] from = random.nextInt(3) == 0 ? leads : interesting;
        bytes[j] = (byte) from[random.nextInt(from.length)];
      }
      assertThat(Utf8.isValid(bytes)).as("seed %d, %d", seed, i).isEqualTo(jdkAccepts(bytes));
    }
  }

  @Test
  void findsLoneSurrogates() {
    assertThat(Utf8.hasLoneSurrogate("a😀é")).isFalse();
    assertThat(Utf8.hasLoneSurrogate("")).isFalse();
    assertThat(Utf8.hasLoneSurrogate("\ud83d")).isTrue();
    assertThat(Utf8.hasLoneSurrogate("\ude00")).isTrue();
    assertThat(Utf8.hasLoneSurrogate("\ude00\ud83d")).isTrue();
    assertThat(Utf8.hasLoneSurrogate("😀\ud83d\ud83d\ude00")).isTrue();
  }

  private static boolean jdkAccepts(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
