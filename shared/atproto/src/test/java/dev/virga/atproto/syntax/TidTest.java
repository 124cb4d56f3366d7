package dev.virga.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TidTest {
  @Test
  void hasKnownForms() {
    assertThat(Tid.of(0, 0)).hasToString("2222222222222");
    assertThat(Tid.of(0, 31)).hasToString("222222222222z");
    assertThat(Tid.of(1, 0)).hasToString("2222222222322");
    assertThat(Tid.parse("3zzzzzzzzzzzz").clockId()).isEqualTo(Tid.MAX_CLOCK_ID);
  }

  @Test
  void roundTripsAndSortsAsItsText() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    Tid last = Tid.of(0, 0);
    for (int i = 0; i < 10_000; i++) {
      long micros = random.nextLong() >>> (11 + random.nextInt(40));
      Tid tid = Tid.of(micros, random.nextInt(1_024));

      assertThat(Tid.parse(tid.toString())).as("seed %d", seed).isEqualTo(tid);
      assertThat(tid.micros()).isEqualTo(micros);
      assertThat(Integer.signum(tid.compareTo(last)))
          .as("seed %d", seed)
          .isEqualTo(Integer.signum(tid.toString().compareTo(last.toString())));
      last = tid;
    }
  }

  @Test
  void comparesUnsigned() {
    Tid farthest = Tid.parse("jzzzzzzzzzzzz");

    assertThat(farthest).isGreaterThan(Tid.of(Tid.MAX_MICROS, 0));
    assertThat(farthest.micros()).isGreaterThan(Tid.MAX_MICROS);
    assertThat(farthest).hasToString("jzzzzzzzzzzzz");
  }

  @Test
  void refusesTimesAndClocksOutOfRange() {
    assertThatThrownBy(() -> Tid.of(-1, 0)).isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> Tid.of(Tid.MAX_MICROS + 1, 0)).isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> Tid.of(0, -1)).isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> Tid.of(0, 1_024)).isInstanceOf(SyntaxException.class);
  }
}
