package dev.virga.atproto.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TidClockTest {
  private Instant now = Instant.parse("2024-02-03T04:05:06.123456789Z");
  private final TidClock clock = new TidClock(() -> now, 7);

  @Test
  void namesTheMomentAndTheClock() {
    Tid tid = clock.next();

    assertThat(tid.micros()).isEqualTo(now.getEpochSecond() * 1_000_000 + 123_456);
    assertThat(tid.clockId()).isEqualTo(7);
  }

  @Test
  void increasesWhileTheClockStandsStillOrStepsBack() {
    Tid first = clock.next();
    Tid second = clock.next();
    now = now.minusSeconds(3_600);
    Tid third = clock.next();

    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second);
  }

  @Test
  void catchesUpWithTheClock() {
    clock.next();
    now = now.plusSeconds(1);

    assertThat(clock.next().micros()).isEqualTo(now.getEpochSecond() * 1_000_000 + 123_456);
  }

  @Test
  void passesARevisionOfTheFutureWithoutBeingDraggedAlong() {
    Tid future = Tid.of(Tid.MAX_MICROS - 5, 1_023);

    Tid next = clock.nextAfter(future);

    assertThat(next).isGreaterThan(future);
    assertThat(clock.nextAfter(next)).isGreaterThan(next);
    assertThat(clock.next()).isLessThan(future);
  }

  @Test
  void passesARevisionOfTheSameMomentByAnotherClock() {
    Tid last = Tid.of(clock.next().micros() + 1, 1_023);

    assertThat(clock.nextAfter(last)).isGreaterThan(last);
  }

  @Test
  void hasNothingAfterTheLastTid() {
    assertThatThrownBy(() -> clock.nextAfter(Tid.of(Tid.MAX_MICROS, 0)))
        .isInstanceOf(SyntaxException.class);
    assertThatThrownBy(() -> clock.nextAfter(Tid.parse("jzzzzzzzzzzzz")))
        .isInstanceOf(SyntaxException.class);
  }

  @Test
  void neverRepeatsAcrossThreads() {
    Set<Tid> seen = ConcurrentHashMap.newKeySet();

    long distinct =
        IntStream.range(0, 20_000).parallel().filter(_ -> seen.add(clock.next())).count();

    assertThat(distinct).isEqualTo(20_000);
  }

  @Test
  void refusesAClockIdentifierOutOfRange() {
    assertThatThrownBy(() -> new TidClock(() -> now, 1_024))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
