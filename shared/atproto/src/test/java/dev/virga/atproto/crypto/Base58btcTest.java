package dev.virga.atproto.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.SyntaxException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base58btcTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "00, 1",
    "0000287fb4cd, 11233QC4",
    "61, 2g",
    "626262, a3gV",
    "00000000000000000000, 1111111111",
    "00eb15231dfceb60925886b67d065299925915aeb172c06647, 1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"
  })
  void matchesKnownAnswers(String hex, String text) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThat(Base58btc.encode(bytes)).isEqualTo(text);
    assertThat(Base58btc.decode(text)).isEqualTo(bytes);
  }

  @Test
  void encodesAsciiText() {
    assertThat(Base58btc.encode("Hello World!".getBytes(US_ASCII))).isEqualTo("2NEpo7TZRRrLZSi2U");
  }

  @Test
  void roundTripsAnyBytes() {
    Random random = new Random(58);
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      for (int zeros = random.nextInt(4), i = 0; i < Math.min(zeros, bytes.length); i++) {
        bytes[i] = 0;
      }
      assertThat(Base58btc.decode(Base58btc.encode(bytes)))
          .as("seed 58, round %s", round)
          .isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "O", "I", "l", "a b", "é", "+", "\u0000"})
  void refusesOtherCharacters(String text) {
    assertThatThrownBy(() -> Base58btc.decode(text)).isInstanceOf(SyntaxException.class);
  }

  @Test
  void boundsTheLength() {
    assertThat(Base58btc.decode("1".repeat(Base58btc.MAX_TEXT))).hasSize(Base58btc.MAX_TEXT);
    assertThatThrownBy(() -> Base58btc.decode("z".repeat(Base58btc.MAX_TEXT + 1)))
        .isInstanceOf(SyntaxException.class);
  }
}
