package dev.virga.atproto.lexicon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void lengthIsThatOfTheEncodedText() {
    long seed = 20260101;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.appendCodePoint(codePoint(random));
      }
      assertThat(Utf8.length(text.toString()))
          .as("seed %d, text %s", seed, text)
          .isEqualTo(text.toString().getBytes(UTF_8).length);
    }
  }

  private static int codePoint(Random random) {
    int[] limits = {0x80, 0x800, 0xd800, 0x110000};
    int point = random.nextInt(limits[random.nextInt(limits.length)]);
    return point >= 0xd800 && point < 0xe000 ? 'x' : point;
  }
}
