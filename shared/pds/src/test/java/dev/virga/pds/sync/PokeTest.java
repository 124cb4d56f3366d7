package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.FakeClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PokeTest {
  private static final byte[] SECRET = new byte[32];

  private final FakeClock clock = new FakeClock();
  private final Poke poke = new Poke(SECRET, clock);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }

  @Test
  void tellsTheNumberToWhoeverHasTheSecret() {
    byte[] message = poke.sign(1_784_000_000_123_456L);
    assertThat(message.length).isLessThanOrEqualTo(Poke.MAX_BYTES);
    assertThat(new Poke(SECRET, clock).verify(message)).hasValue(1_784_000_000_123_456L);
  }

  @Test
  void isTheSameInEveryProcess() {
    FakeClock fixed = new FakeClock();
    String now = String.valueOf(fixed.millis());
    assertThat(text(new Poke(SECRET, fixed).sign(7)))
        .contains("\"seq\":7", "\"time\":" + now)
        .containsPattern("\"mac\":\"[0-9a-f]{64}\"");
    assertThat(poke.sign(7)).isEqualTo(new Poke(SECRET, fixed).sign(7));
  }

  @Test
  void isNothingToWhoeverHasAnotherSecret() {
    byte[] other = SECRET.clone();
    other[31] = 1;
    assertThat(new Poke(other, clock).verify(poke.sign(7))).isEmpty();
  }

  @Test
  void cannotBeChanged() {
    String message = text(poke.sign(7));
    assertThat(poke.verify(utf8(message.replace("\"seq\":7", "\"seq\":8")))).isEmpty();
    String later = message.replaceAll("\"time\":(\\d+)\\d", "\"time\":$1");
    assertThat(poke.verify(utf8(later))).isEmpty();
  }

  @Test
  void isGoodForTwoMinutesOfAnyClock() {
    byte[] message = poke.sign(7);
    clock.advance(Duration.ofMinutes(2));
    assertThat(poke.verify(message)).hasValue(7);
    clock.advance(Duration.ofMillis(1));
    assertThat(poke.verify(message)).isEmpty();

    byte[] fromAhead = poke.sign(7);
    clock.advance(Duration.ofMinutes(-2));
    assertThat(poke.verify(fromAhead)).hasValue(7);
    clock.advance(Duration.ofMillis(-1));
    assertThat(poke.verify(fromAhead)).isEmpty();
  }

  @Test
  void isNotWhatIsNoPoke() {
    byte[] tooLong = Arrays.copyOf(poke.sign(7), Poke.MAX_BYTES + 1);
    Arrays.fill(tooLong, poke.sign(7).length, tooLong.length, (byte) ' ');
    assertThat(poke.verify(tooLong)).isEmpty();
    assertThat(poke.verify(utf8(""))).isEmpty();
    assertThat(poke.verify(utf8("[]"))).isEmpty();
    assertThat(poke.verify(utf8("{}"))).isEmpty();
    assertThat(poke.verify(utf8("{\"seq\":7,\"time\":\"now\",\"mac\":\"\"}"))).isEmpty();
    assertThat(poke.verify(utf8("{\"seq\":7,\"time\":" + clock.millis() + ",\"mac\":\"é\"}")))
        .isEmpty();
    assertThat(poke.verify(new byte[] {(byte) 0xff})).isEmpty();
  }
}
