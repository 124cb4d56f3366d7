package dev.virga.pds.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.FakeClock;
import dev.virga.pds.repo.CountingIndex;
import dev.virga.pds.store.Concurrently;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CountersTest {
  private static final Limit EXACT = Limit.exact("exact", 5, Duration.ofMinutes(5));
  private static final Limit ROUGH = Limit.rough("rough", 1000, Duration.ofMinutes(5));

  private final FakeClock clock = new FakeClock();
  private final MemoryIndex memory = new MemoryIndex();
  private final CountingIndex calls = new CountingIndex();
  private final FlakyIndex index = new FlakyIndex(calls.around(memory));

  private Counters process() {
    return new Counters(index, clock, Runnable::run);
  }

  private static int granted(Counters counters, Limit limit, int tries) {
    int granted = 0;
    for (int i = 0; i < tries; i++) {
      granted += counters.take(limit, "a", 1).granted() ? 1 : 0;
    }
    return granted;
  }

  @Test
  void asMuchAsTheLimitIsGranted() {
    assertThat(granted(process(), EXACT, 9)).isEqualTo(5);
    assertThat(granted(process(), ROUGH, 1200)).isEqualTo(1000);
  }

  @Test
  void anAllowanceSaysWhatIsLeftAndUntilWhen() {
    Counters counters = process();
    Instant reset = Instant.parse("2026-03-01T12:05:00Z");
    assertThat(counters.take(EXACT, "a", 3)).isEqualTo(new Allowance(EXACT, true, 2, reset));
    assertThat(counters.take(EXACT, "a", 3)).isEqualTo(new Allowance(EXACT, false, 2, reset));
    assertThat(counters.take(EXACT, "a", 2)).isEqualTo(new Allowance(EXACT, true, 0, reset));
  }

  @Test
  void pointsComeBackWithTheNextWindowAndNotBefore() {
    Counters counters = process();
    assertThat(granted(counters, EXACT, 9)).isEqualTo(5);
    clock.advance(Duration.ofMinutes(5).minusNanos(1));
    assertThat(counters.take(EXACT, "a", 1).granted()).isFalse();
    clock.advance(Duration.ofNanos(1));
    assertThat(granted(counters, EXACT, 9)).isEqualTo(5);
  }

  @Test
  void aWindowThatBeganMidwayEndsWithItsBorder() {
    clock.advance(Duration.ofMinutes(4));
    assertThat(process().take(EXACT, "a", 1).reset())
        .isEqualTo(Instant.parse("2026-03-01T12:05:00Z"));
  }

  @Test
  void subjectsAndLimitsDoNotMix() {
    Counters counters = process();
    assertThat(granted(counters, EXACT, 5)).isEqualTo(5);
    assertThat(counters.take(EXACT, "b", 5).granted()).isTrue();
    assertThat(counters.take(Limit.exact("other", 5, EXACT.window()), "a", 5).granted()).isTrue();
  }

  @Test
  void anExactLimitHoldsOverAllProcessesAndRestarts() {
    Counters one = process();
    Counters other = process();
    int granted = 0;
    for (int i = 0; i < 5; i++) {
      granted += granted(one, EXACT, 1) + granted(other, EXACT, 1);
    }
    assertThat(granted).isEqualTo(5);
    assertThat(granted(process(), EXACT, 3)).isZero();
  }

  @Test
  void anExactLimitHoldsForManyAtOnce() throws Exception {
    Limit limit = Limit.exact("busy", 30, Duration.ofMinutes(5));
    Counters one = new Counters(memory, clock, Runnable::run);
    Counters other = new Counters(memory, clock, Runnable::run);
    AtomicInteger granted = new AtomicInteger();
    Concurrently.run(
        16,
        thread -> {
          for (int i = 0; i < 10; i++) {
            granted.addAndGet(one.take(limit, "a", 1).granted() ? 1 : 0);
            granted.addAndGet(other.take(limit, "a", 1).granted() ? 1 : 0);
          }
        });
    assertThat(granted).hasValue(30);
  }

  @Test
  void aRoughLimitHoldsForManyAtOnceInOneProcess() throws Exception {
    Counters counters = new Counters(memory, clock, Runnable::run);
    AtomicInteger granted = new AtomicInteger();
    Concurrently.run(
        16,
        thread -> {
          for (int i = 0; i < 100; i++) {
            granted.addAndGet(counters.take(ROUGH, "a", 1).granted() ? 1 : 0);
          }
        });
    assertThat(granted).hasValue(1000);
  }

  @Test
  void aRoughLimitIsExceededByATwentiethPerProcessAtMost() {
    Counters[] processes = {process(), process(), process(), process()};
    int granted = 0;
    for (int i = 0; i < 2000; i++) {
      granted += granted(processes[i % processes.length], ROUGH, 1);
    }
    assertThat(granted).isBetween(1000, 1000 + 4 * 50);
  }

  @Test
  void anExactUseCostsOneWriteAndARefusalNothing() {
    Counters counters = process();
    assertThat(granted(counters, EXACT, 5)).isEqualTo(5);
    assertThat(calls.calls()).isEqualTo(Map.of("transact", 5));
    calls.reset();
    assertThat(granted(counters, EXACT, 5)).isZero();
    assertThat(calls.calls()).isEmpty();
  }

  @Test
  void aRoughUseCostsATwentiethOfACallAtMost() {
    Counters counters = process();
    assertThat(granted(counters, ROUGH, 1000)).isEqualTo(1000);
    assertThat(calls.calls()).isEqualTo(Map.of("transact", 20));
  }

  @Test
  void noRoughUseCostsMoreThanOneCallEvenAmongProcesses() {
    Counters one = process();
    Counters other = process();
    for (int i = 0; i < 500; i++) {
      for (Counters process : new Counters[] {one, other}) {
        calls.reset();
        process.take(ROUGH, "a", 1);
        assertThat(calls.calls().values().stream().mapToInt(n -> n).sum()).isLessThan(2);
      }
    }
  }

  @Test
  void whoeverUsesLittleCostsNothing() {
    Counters counters = process();
    for (int i = 0; i < 9; i++) {
      counters.take(ROUGH, "a", 1);
      clock.advance(Duration.ofSeconds(30));
    }
    assertThat(calls.calls()).isEmpty();
  }

  @Test
  void aHundredthIsSharedAfterTenSeconds() {
    Counters counters = process();
    counters.take(ROUGH, "a", 9);
    clock.advance(Duration.ofSeconds(10));
    assertThat(calls.calls()).isEmpty();
    counters.take(ROUGH, "a", 1);
    assertThat(calls.calls()).isEqualTo(Map.of("transact", 1));
    counters.take(ROUGH, "a", 20);
    assertThat(calls.calls()).isEqualTo(Map.of("transact", 1));
  }

  @Test
  void whatWasCountedExpiresWithItsWindow() {
    process().take(EXACT, "192.0.2.1", 2);
    String partition = "limit#exact#192.0.2.1";
    var page = memory.query(Query.forward(partition, Range.prefix(""), 10));
    assertThat(page.entries()).hasSize(1);
    assertThat(page.entries().getFirst().expires())
        .isEqualTo(Instant.parse("2026-03-01T12:05:00Z"));
    assertThat(page.entries().getFirst().item().number("count")).contains(2L);
  }

  @Test
  void withoutTheStoreAProcessCountsAlone() {
    Counters counters = process();
    index.down = true;
    assertThat(granted(counters, EXACT, 9)).isEqualTo(5);
    assertThat(granted(counters, ROUGH, 1200)).isEqualTo(1000);
  }

  @Test
  void aStoreThatFailedIsLeftAloneForASecond() {
    Counters counters = process();
    index.down = true;
    assertThat(granted(counters, EXACT, 3)).isEqualTo(3);
    assertThat(index.refused).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    counters.take(EXACT, "a", 1);
    assertThat(index.refused).isEqualTo(2);
  }

  @Test
  void whatWasCountedAloneIsSharedOnceTheStoreIsBack() {
    Counters counters = process();
    index.down = true;
    assertThat(granted(counters, EXACT, 3)).isEqualTo(3);
    index.down = false;
    clock.advance(Duration.ofSeconds(1));
    assertThat(granted(counters, EXACT, 1)).isEqualTo(1);
    assertThat(granted(process(), EXACT, 9)).isEqualTo(1);
  }

  @Test
  void aWriteThatHappenedUnheardNeverGrantsMore() {
    Counters counters = process();
    index.unheard = true;
    assertThat(granted(counters, EXACT, 1)).isEqualTo(1);
    index.unheard = false;
    clock.advance(Duration.ofSeconds(1));
    assertThat(granted(counters, EXACT, 9)).isBetween(3, 4);
  }

  @Test
  void sharingDoesNotKeepTheCallerWaiting() {
    ArrayDeque<Runnable> later = new ArrayDeque<>();
    Counters counters = new Counters(index, clock, later::add);
    assertThat(granted(counters, ROUGH, 300)).isEqualTo(300);
    assertThat(calls.calls()).isEmpty();
    assertThat(later).hasSize(1);
    later.remove().run();
    assertThat(granted(process(), ROUGH, 50)).isEqualTo(50); // and now it knows of the 300
    assertThat(granted(counters, ROUGH, 800)).isEqualTo(700);
  }

  @Test
  void aClosingServerStillCounts() {
    Counters counters =
        new Counters(
            index,
            clock,
            task -> {
              throw new RejectedExecutionException();
            });
    assertThat(granted(counters, ROUGH, 1200)).isEqualTo(1000);
  }

  @Test
  void memoryIsBoundedByForgettingTheLongestUnseen() {
    Counters counters = process();
    for (int i = 0; i < 40; i++) {
      counters.take(ROUGH, "early", 1);
    }
    for (int i = 0; i < Counters.MAX_SUBJECTS; i++) {
      counters.take(ROUGH, "subject" + i, 1);
    }
    assertThat(counters.take(ROUGH, "subject1", 1).remaining()).isEqualTo(998);
    assertThat(counters.take(ROUGH, "early", 1).remaining()).isEqualTo(999);
  }

  @Test
  void aForgottenSubjectOfAnExactLimitIsRememberedByTheIndex() {
    Counters counters = process();
    assertThat(granted(counters, EXACT, 5)).isEqualTo(5);
    for (int i = 0; i < Counters.MAX_SUBJECTS; i++) {
      counters.take(EXACT, "subject" + i, 1);
    }
    assertThat(counters.take(EXACT, "a", 1).granted()).isFalse();
  }

  @Test
  void senselessLimitsCannotBeMade() {
    assertThatThrownBy(() -> Limit.exact("a#b", 1, Duration.ofMinutes(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Limit.exact("a", 0, Duration.ofMinutes(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Limit.rough("a", 1, Duration.ofMillis(1500)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> process().take(EXACT, "a", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
