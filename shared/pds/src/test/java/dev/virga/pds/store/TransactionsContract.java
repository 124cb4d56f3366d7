package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every implementation of {@link Index} promises of transactions; extend {@link
 * IndexContract}.
 */
public abstract class TransactionsContract {
  static final Key KEY = new Key("p", "s");
  private static final Key OTHER = new Key("q", "t");
  private static final Key ABSENT = new Key("q", "absent");

  protected Index index;

  /** A new, empty index. */
  protected abstract Index open() throws Exception;

  /** Ends what {@link #open} began. */
  protected void close() throws Exception {}

  @BeforeEach
  void start() throws Exception {
    index = open();
  }

  @AfterEach
  void stop() throws Exception {
    close();
  }

  @Test
  void writesEachWhoseConditionHolds() {
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      boolean holds = i % 3 != 0;
      writes.add(
          Write.put(key("p", "k" + i), item("v"), holds ? Condition.ABSENT : Condition.PRESENT));
    }
    index.writeEach(writes);
    index.writeEach(List.of());

    for (int i = 0; i < 130; i++) {
      assertThat(index.get(key("p", "k" + i)).isPresent()).as("%s", i).isEqualTo(i % 3 != 0);
    }
  }

  @Test
  void writesAllOfATransaction() throws Exception {
    put(key("p", "gone"), item("x"));
    put(key("p", "kept"), item("x"));
    index.transact(
        Write.all(
            Write.put(KEY, item("a")),
            Write.update(OTHER, item("b"), Condition.ALWAYS),
            Write.delete(key("p", "gone")),
            Write.delete(ABSENT),
            Write.check(key("p", "kept"), Condition.PRESENT)));

    assertThat(index.get(KEY)).contains(item("a"));
    assertThat(index.get(OTHER)).contains(item("b"));
    assertThat(index.get(key("p", "gone"))).isEmpty();
    assertThat(index.get(key("p", "kept"))).contains(item("x"));
  }

  @Test
  void writesNothingWhenAConditionFails() throws Exception {
    put(OTHER, item("old"));
    ConditionFailedException failure =
        refusal(
            Write.put(KEY, item("a")),
            Write.delete(OTHER),
            Write.check(ABSENT, Condition.PRESENT),
            Write.put(key("p", "z"), item("b")));

    assertThat(failure.failed()).containsExactly(ABSENT);
    assertThat(failure.failedAt(ABSENT)).isTrue();
    assertThat(failure.failedAt(KEY)).isFalse();
    assertThat(index.get(KEY)).isEmpty();
    assertThat(index.get(OTHER)).contains(item("old"));
    assertThat(index.get(key("p", "z"))).isEmpty();
  }

  @Test
  void namesOnlyConditionsThatFailed() throws Exception {
    put(KEY, item("old"));
    ConditionFailedException failure =
        refusal(
            Write.put(KEY, item("new"), Condition.ABSENT),
            Write.put(OTHER, item("new"), Condition.ABSENT),
            Write.delete(ABSENT, Condition.PRESENT));

    assertThat(failure.failed()).isNotEmpty().isSubsetOf(KEY, ABSENT);
  }

  @Test
  void replacesTheWholeItemByAPut() throws Exception {
    put(KEY, Item.builder().text("old", "1").number("n", 1).build());
    put(KEY, item("new"));

    assertThat(index.get(KEY)).contains(item("new"));
  }

  @Test
  void changesOnlyTheAttributesOfAnUpdate() throws Exception {
    put(KEY, Item.builder().text("a", "1").text("b", "2").text("c", "3").build());
    Item set = Item.builder().number("b", 7).bytes("d", new byte[] {1}).flag("e", true).build();
    update(KEY, set, Set.of("c", "never there"));

    Item expected = set.toBuilder().text("a", "1").build();
    assertThat(index.get(KEY)).contains(expected);
  }

  @Test
  void makesTheItemThatAnUpdateFindsAbsent() throws Exception {
    update(KEY, item("x"), Set.of("gone"));
    update(OTHER, Item.EMPTY, Set.of());

    assertThat(index.get(KEY)).contains(item("x"));
    assertThat(index.get(OTHER)).contains(Item.EMPTY);
  }

  @Test
  void leavesAnItemWithoutAttributesWhenAllAreRemoved() throws Exception {
    put(KEY, item("x"));
    update(KEY, Item.EMPTY, Set.of("v"));

    assertThat(index.get(KEY)).contains(Item.EMPTY);
  }

  @Test
  void holdsAlways() throws Exception {
    assertHolds(KEY, Condition.ALWAYS);
    put(KEY, item("x"));
    assertHolds(KEY, Condition.ALWAYS);
  }

  @Test
  void demandsAbsenceOrPresence() throws Exception {
    assertHolds(KEY, Condition.ABSENT);
    assertFails(KEY, Condition.PRESENT);
    put(KEY, Item.EMPTY);
    assertHolds(KEY, Condition.PRESENT);
    assertFails(KEY, Condition.ABSENT);
  }

  @Test
  void demandsAnEqualAttribute() throws Exception {
    assertFails(KEY, Condition.equal("text", "x"));
    put(
        KEY,
        Item.builder()
            .text("text", "x")
            .text("empty", "")
            .number("number", Long.MAX_VALUE)
            .flag("flag", false)
            .bytes("bytes", new byte[] {1, 2})
            .bytes("none", new byte[0])
            .build());

    assertHolds(KEY, Condition.equal("text", "x"));
    assertHolds(KEY, Condition.equal("empty", ""));
    assertHolds(KEY, Condition.equal("number", Long.MAX_VALUE));
    assertHolds(KEY, new Condition.Equal("flag", new Item.Attribute.Flag(false)));
    assertHolds(KEY, new Condition.Equal("bytes", new Item.Attribute.Bytes(new byte[] {1, 2})));
    assertHolds(KEY, new Condition.Equal("none", new Item.Attribute.Bytes(new byte[0])));
    assertFails(KEY, Condition.equal("text", "X"));
    assertFails(KEY, Condition.equal("text", ""));
    assertFails(KEY, Condition.equal("number", Long.MAX_VALUE - 1));
    assertFails(KEY, Condition.equal("number", Long.toString(Long.MAX_VALUE)));
    assertFails(KEY, new Condition.Equal("flag", new Item.Attribute.Flag(true)));
    assertFails(KEY, new Condition.Equal("bytes", new Item.Attribute.Bytes(new byte[] {1})));
    assertFails(KEY, Condition.equal("absent", ""));
    assertFails(KEY, Condition.equal("absent", 0));
    assertFails(KEY, new Condition.Equal("absent", new Item.Attribute.Flag(false)));
  }

  @Test
  void demandsThatAnAttributeIsLacking() throws Exception {
    assertHolds(KEY, new Condition.Lacks("a"));
    put(KEY, Item.builder().text("a", "").build());
    assertFails(KEY, new Condition.Lacks("a"));
    assertHolds(KEY, new Condition.Lacks("b"));
  }

  @Test
  void demandsASmallerNumber() throws Exception {
    assertFails(KEY, new Condition.LessThan("n", 10));
    put(KEY, Item.builder().number("n", 9).number("low", Long.MIN_VALUE).text("t", "1").build());

    assertHolds(KEY, new Condition.LessThan("n", 10));
    assertFails(KEY, new Condition.LessThan("n", 9));
    assertFails(KEY, new Condition.LessThan("n", -10));
    assertHolds(KEY, new Condition.LessThan("n", Long.MAX_VALUE));
    assertHolds(KEY, new Condition.LessThan("low", Long.MIN_VALUE + 1));
    assertFails(KEY, new Condition.LessThan("low", Long.MIN_VALUE));
    assertFails(KEY, new Condition.LessThan("t", 10));
    assertFails(KEY, new Condition.LessThan("absent", 10));
  }

  @Test
  void demandsASmallerNumberOrNothing() throws Exception {
    assertHolds(KEY, new Condition.AbsentOrLess("n", 10));
    put(KEY, Item.builder().number("n", 9).text("t", "1").build());

    assertHolds(KEY, new Condition.AbsentOrLess("n", 10));
    assertFails(KEY, new Condition.AbsentOrLess("n", 9));
    assertFails(KEY, new Condition.AbsentOrLess("t", 10));
    assertFails(KEY, new Condition.AbsentOrLess("absent", 10));
  }

  /** Every kind of write honours a condition. */
  private void assertHolds(Key key, Condition condition) throws Exception {
    index.transact(Write.all(Write.check(key, condition)));
    index.transact(
        Write.all(
            Write.check(key, condition), Write.put(key("p", "witness"), item(condition + ""))));
    assertThat(index.get(key("p", "witness"))).contains(item(condition + ""));
  }

  private void assertFails(Key key, Condition condition) throws Exception {
    var before = index.get(key);
    for (Write write :
        List.of(
            Write.check(key, condition),
            Write.put(key, item("never"), condition),
            Write.update(key, item("never"), condition),
            Write.delete(key, condition))) {
      assertThat(refusal(write).failed()).as("%s", write).containsExactly(key);
      assertThat(index.get(key)).isEqualTo(before);
    }
  }

  @Test
  void refusesAKeyThatComesTwice() {
    for (Write second :
        List.of(
            Write.put(KEY, item("b")),
            Write.delete(KEY),
            Write.update(KEY, item("b"), Condition.ALWAYS),
            Write.check(KEY, Condition.ABSENT))) {
      assertRefused(List.of(Write.put(KEY, item("a")), second), "two writes");
    }
    assertThat(index.get(KEY)).isEmpty();
  }

  @Test
  void takesAsManyWritesAsItSaysAndNoMore() throws Exception {
    int most = index.limits().writes();
    assertThat(most).isGreaterThanOrEqualTo(Write.MAX_PER_TRANSACTION);
    List<Write> writes = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      writes.add(Write.put(key("p" + i % 5, "k" + i), item("v" + i), Condition.ABSENT));
    }
    index.transact(writes);
    for (Write write : writes) {
      assertThat(index.get(write.key())).isPresent();
    }

    writes.add(Write.put(key("p", "over"), item("x")));
    assertRefused(writes, String.valueOf(most + 1));
    assertThat(index.get(key("p", "over"))).isEmpty();
  }

  @Test
  void refusesATransactionOfNothing() {
    assertRefused(List.of(), "0");
  }

  @Test
  void refusesATransactionThatIsTooLarge() throws Exception {
    Item large = Item.builder().bytes("b", new byte[390_000]).build();
    int most = index.limits().bytes();
    int fit = most / 391_000;
    List<Write> writes =
        IntStream.range(0, most / 390_000 + 1)
            .<Write>mapToObj(i -> Write.put(key("p", "k" + i), large, Condition.ALWAYS))
            .toList();

    assertRefused(writes, String.valueOf(most));
    index.transact(writes.subList(0, fit));
    assertThat(index.get(key("p", "k" + (fit - 1)))).contains(large);
    assertThat(index.get(key("p", "k" + fit))).isEmpty();
  }

  @Test
  void refusesAnUpdateThatMakesAnItemTooLarge() throws Exception {
    Item half = Item.builder().bytes("b", new byte[300_000]).build();
    put(KEY, half);
    Item more = Item.builder().bytes("c", new byte[300_000]).build();

    assertRefused(
        List.of(Write.put(OTHER, item("x")), Write.update(KEY, more, Condition.ALWAYS)), "");
    assertThat(index.get(KEY)).contains(half);
    assertThat(index.get(OTHER)).isEmpty();
  }

  private void assertRefused(List<Write> writes, String part) {
    assertThatThrownBy(() -> index.transact(writes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  @Test
  void losesNoUpdateOfACounter() throws Exception {
    int threads = 8;
    int increments = 25;
    put(KEY, Item.builder().number("n", 0).build());
    Concurrently.run(
        threads,
        _ -> {
          for (int done = 0; done < increments; ) {
            if (increment(KEY)) {
              done++;
            }
          }
        });

    assertThat(index.get(KEY).orElseThrow().number("n")).contains((long) threads * increments);
  }

  private boolean increment(Key key) {
    long seen = index.get(key).orElseThrow().requireNumber("n");
    Item next = Item.builder().number("n", seen + 1).build();
    try {
      index.transact(Write.all(Write.update(key, next, Condition.equal("n", seen))));
      return true;
    } catch (ConditionFailedException lost) {
      return false;
    }
  }

  @Test
  void letsExactlyOneOfManyClaimAKey() throws Exception {
    for (int round = 0; round < 5; round++) {
      Key key = key("names", "round" + round);
      AtomicInteger winners = new AtomicInteger();
      Concurrently.run(
          8,
          thread -> {
            try {
              index.transact(
                  Write.all(
                      Write.put(key, item("by " + thread), Condition.ABSENT),
                      Write.put(key("claims", key.sort() + thread), item("mine"))));
              winners.incrementAndGet();
            } catch (ConditionFailedException lost) {
              assertThat(lost.failed()).containsExactly(key);
            }
          });
      assertThat(winners).hasValue(1);
      String range = key.sort();
      assertThat(index.query(Query.forward("claims", Range.prefix(range), 10)).entries())
          .hasSize(1);
    }
  }

  @Test
  void showsEveryReaderWhatWasAcknowledged() throws Exception {
    Concurrently.run(
        6,
        thread -> {
          Key mine = key("p", "t" + thread);
          for (int i = 0; i < 30; i++) {
            Item written = Item.builder().number("n", i).build();
            index.transact(Write.all(Write.put(mine, written)));
            assertThat(index.get(mine)).contains(written);
            assertThat(index.query(Query.forward("p", Range.prefix(mine.sort()), 5)).entries())
                .containsExactly(new Entry(mine, written));
          }
        });
  }

  protected final void put(Key key, Item item) throws Exception {
    index.transact(Write.all(Write.put(key, item)));
  }

  private void update(Key key, Item set, Set<String> remove) throws Exception {
    index.transact(
        Write.all(new Write.Update(key, set, remove, new Write.Expiry.Keep(), Condition.ALWAYS)));
  }

  private ConditionFailedException refusal(Write... writes) {
    return catchThrowableOfType(
        ConditionFailedException.class, () -> index.transact(Write.all(writes)));
  }

  protected static Key key(String partition, String sort) {
    return new Key(partition, sort);
  }

  protected static Item item(String value) {
    return Item.builder().text("v", value).build();
  }
}
