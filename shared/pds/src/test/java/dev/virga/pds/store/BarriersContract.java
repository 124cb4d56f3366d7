package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What {@link Index#transactAfter} promises; part of {@link IndexContract}. */
public abstract class BarriersContract extends TransactionsContract {
  @Test
  void writesBeforehandWhatMayBe() throws Exception {
    put(key("p", "kept"), item("old"));
    index.transactAfter(
        List.of(
            Write.put(key("p", "kept"), item("new"), Condition.ABSENT),
            Write.put(key("p", "made"), item("new"), Condition.ABSENT),
            Write.put(key("p", "plain"), item("new"))),
        () -> {},
        Write.all(Write.put(KEY, item("v"), Condition.ABSENT)));

    assertThat(index.get(key("p", "kept"))).contains(item("old"));
    assertThat(index.get(key("p", "made"))).contains(item("new"));
    assertThat(index.get(key("p", "plain"))).contains(item("new"));
    assertThat(index.get(KEY)).contains(item("v"));
  }

  @Test
  void showsNothingOfATransactionBeforeItsBarrierIsPassed() throws Exception {
    index.transactAfter(
        List.of(),
        () -> {
          for (int look = 0; look < 20; look++) {
            assertThat(index.get(KEY)).isEmpty();
          }
        },
        Write.all(Write.put(KEY, item("v"), Condition.ABSENT)));
    assertThat(index.get(KEY)).contains(item("v"));
  }

  @Test
  void leavesOutATransactionWhoseBarrierThrows() throws Exception {
    for (Throwable thrown : List.of(new IllegalStateException("a"), new Faults.Death("b"))) {
      assertThatThrownBy(
              () ->
                  index.transactAfter(
                      List.of(),
                      () -> {
                        throw unchecked(thrown);
                      },
                      Write.all(Write.put(KEY, item("v")))))
          .isSameAs(thrown);
      assertThat(index.get(KEY)).isEmpty();
    }
    index.transact(Write.all(Write.put(KEY, item("w"), Condition.ABSENT)));
    assertThat(index.get(KEY)).contains(item("w"));
  }

  private static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return (RuntimeException) thrown;
  }

  @Test
  void passesTheBarrierOfATransactionThatIsRefused() throws Exception {
    put(KEY, item("old"));
    AtomicInteger passed = new AtomicInteger();
    assertThatThrownBy(
            () ->
                index.transactAfter(
                    List.of(),
                    passed::incrementAndGet,
                    Write.all(Write.put(KEY, item("new"), Condition.ABSENT))))
        .isInstanceOf(ConditionFailedException.class);
    assertThat(passed).hasValue(1);
    assertThat(index.get(KEY)).contains(item("old"));
  }

  @Test
  void keepsTransactionsApartOfWhichSomeBarriersThrow() throws Exception {
    Concurrently.run(
        8,
        thread -> {
          for (int i = 0; i < 25; i++) {
            Key key = key("p" + thread, "k" + i);
            boolean fails = (i + thread) % 3 == 0;
            try {
              index.transactAfter(
                  List.of(),
                  () -> {
                    if (fails) {
                      throw new IllegalStateException("on purpose");
                    }
                  },
                  Write.all(Write.put(key, item("v"), Condition.ABSENT)));
              assertThat(fails).isFalse();
            } catch (IllegalStateException e) {
              assertThat(fails).isTrue();
            }
            assertThat(index.get(key).isPresent()).isEqualTo(!fails);
          }
        });
  }
}
