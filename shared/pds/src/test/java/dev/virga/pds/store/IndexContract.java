package dev.virga.pds.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every implementation of {@link Index} promises of items, queries and batches; {@link
 * TransactionsContract} and {@link ChangesContract} have the rest.
 */
public abstract class IndexContract extends BarriersContract {
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
  private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

  /** Makes the index forget what expired by then; false if this backend cannot be told to. */
  protected boolean sweep(Instant now) throws Exception {
    return false;
  }

  @Test
  void givesNothingForAnUnknownKey() {
    assertThat(index.get(key("p", "s"))).isEmpty();
    assertThat(index.getStale(key("p", "s"))).isEmpty();
    assertThat(index.batchGet(List.of(key("p", "s")))).isEmpty();
    assertThat(index.batchGet(List.of())).isEmpty();
    assertThat(all("p", Range.prefix(""))).isEmpty();
  }

  @Test
  void givesBackEveryKindOfAttribute() throws Exception {
    Item item =
        Item.builder()
            .text("text", "naïve 日本 👩‍👩‍👧 \u0000 \uFFFD \uE000")
            .text("empty", "")
            .number("least", Long.MIN_VALUE)
            .number("most", Long.MAX_VALUE)
            .number("exact", (1L << 53) + 1)
            .number("zero", 0)
            .flag("yes", true)
            .flag("no", false)
            .bytes("bytes", new byte[] {0, -1, 127, -128})
            .bytes("none", new byte[0])
            .text("ключ", "unicode name")
            .text("with space.and-dot", "x")
            .build();
    put(key("p", "s"), item);

    assertThat(index.get(key("p", "s"))).contains(item);
    assertThat(index.batchGet(List.of(key("p", "s")))).containsEntry(key("p", "s"), item);
    assertThat(all("p", Range.prefix(""))).containsExactly(new Entry(key("p", "s"), item));
  }

  @Test
  void keepsAnItemWithoutAttributes() throws Exception {
    put(key("p", "s"), Item.EMPTY);

    assertThat(index.get(key("p", "s"))).contains(Item.EMPTY);
    assertThat(all("p", Range.prefix(""))).containsExactly(new Entry(key("p", "s"), Item.EMPTY));
  }

  @Test
  void keepsAnItemOfTheLargestSize() throws Exception {
    Item item = Item.builder().bytes("b", new byte[Item.MAX_BYTES - 1]).build();
    Key key = key("p".repeat(Key.MAX_PARTITION_BYTES), "s".repeat(Key.MAX_SORT_BYTES));
    put(key, item);

    assertThat(index.get(key)).contains(item);
  }

  @Test
  void tellsPartitionsApart() throws Exception {
    List<String> partitions =
        List.of("p", "P", "p ", "pp", "p\u0000", "é", "e\u0301", "did:plc:x#y");
    for (String partition : partitions) {
      put(key(partition, "s"), item(partition));
    }
    for (String partition : partitions) {
      assertThat(all(partition, Range.prefix("")))
          .containsExactly(new Entry(key(partition, "s"), item(partition)));
    }
  }

  @Test
  void ordersByUtf8Bytes() throws Exception {
    List<String> ordered =
        List.of(
            "\u0000",
            "\u0001",
            " ",
            "#",
            "A",
            "Z",
            "a",
            "a\u0000",
            "a\u0000b",
            "a ",
            "aa",
            "b",
            "\u007F",
            "\u0080",
            "é",
            "\u07FF",
            "\u0800",
            "日",
            "\uD7FF",
            "\uE000",
            "\uFFFD",
            "\uFFFF",
            "\uD800\uDC00",
            "\uD83D\uDE00",
            "\uDBFF\uDFFD");
    List<String> shuffled = new ArrayList<>(ordered);
    java.util.Collections.shuffle(shuffled, new java.util.Random(42));
    for (String sort : shuffled) {
      put(key("p", sort), item(sort));
    }

    assertThat(sorts(all("p", Range.prefix("")))).isEqualTo(ordered);
    for (int from = 0; from < ordered.size(); from++) {
      for (int to = from; to < ordered.size(); to++) {
        Range range = new Range(ordered.get(from), ordered.get(to));
        assertThat(sorts(all("p", range))).isEqualTo(ordered.subList(from, to));
      }
    }
  }

  @Test
  void readsOnlyWhatIsInTheRange() throws Exception {
    numbered("rec#", 5);
    put(key("p", "rec"), item("before"));
    put(key("p", "rec$"), item("after"));
    put(key("q", "rec#3"), item("elsewhere"));

    assertThat(sorts(all("p", Range.prefix("rec#"))))
        .containsExactly("rec#000", "rec#001", "rec#002", "rec#003", "rec#004");
    assertThat(sorts(all("p", new Range("rec#001", "rec#003"))))
        .containsExactly("rec#001", "rec#002");
    assertThat(sorts(all("p", Range.prefix("rec#").after("rec#002"))))
        .containsExactly("rec#003", "rec#004");
    assertThat(sorts(all("p", Range.prefix("rec#").before("rec#002"))))
        .containsExactly("rec#000", "rec#001");
    assertThat(sorts(all("p", Range.prefix("rec#").after(null).before(null)))).hasSize(5);
    assertThat(all("p", new Range("rec#003", "rec#001"))).isEmpty();
    assertThat(all("p", new Range("rec#003", "rec#003"))).isEmpty();
    assertThat(all("p", new Range("", ""))).isEmpty();
    assertThat(all("p", Range.prefix("zzz"))).isEmpty();
  }

  @Test
  void readsAfterAKeyOfTheLongestSize() throws Exception {
    String longest = "s".repeat(Key.MAX_SORT_BYTES);
    put(key("p", longest), item("longest"));
    put(key("p", "t"), item("beyond"));

    assertThat(sorts(all("p", Range.prefix("").after(longest)))).containsExactly("t");
    assertThat(sorts(all("p", Range.prefix(longest)))).containsExactly(longest);
  }

  @Test
  void pagesBothWays() throws Exception {
    List<String> ordered = numbered("k", 25);
    for (int limit : new int[] {1, 7, 24, 25, 26, 1_000}) {
      List<String> forward = new ArrayList<>();
      String last = null;
      Page page;
      do {
        page = index.query(Query.forward("p", Range.prefix("k").after(last), limit));
        assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
        forward.addAll(sorts(page.entries()));
        last = forward.isEmpty() ? null : forward.getLast();
      } while (page.more());
      assertThat(forward).isEqualTo(ordered);

      List<String> backward = new ArrayList<>();
      last = null;
      do {
        page = index.query(Query.backward("p", Range.prefix("k").before(last), limit));
        assertThat(page.entries()).hasSizeLessThanOrEqualTo(limit);
        backward.addAll(sorts(page.entries()));
        last = backward.isEmpty() ? null : backward.getLast();
      } while (page.more());
      assertThat(backward.reversed()).isEqualTo(ordered);
    }
  }

  @Test
  void saysWhenALimitCutSomethingOff() throws Exception {
    numbered("k", 3);

    Page cut = index.query(Query.forward("p", Range.prefix("k"), 2));
    assertThat(sorts(cut.entries())).containsExactly("k000", "k001");
    assertThat(cut.more()).isTrue();
    Page last = index.query(Query.backward("p", Range.prefix("k"), 1));
    assertThat(sorts(last.entries())).containsExactly("k002");
    assertThat(last.more()).isTrue();
    assertThat(index.query(Query.forward("p", Range.prefix("k"), 4)).more()).isFalse();
  }

  @Test
  void pagesThroughMoreThanAMegabyte() throws Exception {
    for (int i = 0; i < 12; i++) {
      put(key("p", "k%02d".formatted(i)), Item.builder().bytes("b", new byte[300_000]).build());
    }

    List<String> read = new ArrayList<>();
    Page page;
    do {
      String last = read.isEmpty() ? null : read.getLast();
      page = index.query(Query.forward("p", Range.prefix("k").after(last), 1_000));
      read.addAll(sorts(page.entries()));
    } while (page.more());
    assertThat(read).hasSize(12).isSorted();
  }

  @Test
  void readsStaleWhenAsked() throws Exception {
    numbered("k", 3);
    Query stale = new Query("p", Range.prefix("k"), false, 10, Query.Consistency.STALE);

    assertThat(index.query(stale).entries()).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void getsManyAtOnce() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      entries.add(new Entry(key("p" + i % 3, "k" + i), item("v" + i)));
    }
    index.batchPut(entries);
    List<Key> asked = new ArrayList<>(entries.stream().map(Entry::key).toList());
    asked.add(key("p", "absent"));
    asked.add(asked.getFirst());

    Map<Key, Item> expected = new HashMap<>();
    entries.forEach(entry -> expected.put(entry.key(), entry.item()));
    assertThat(index.batchGet(asked)).isEqualTo(expected);
  }

  @Test
  void putsABatchAgainWithoutHarm() {
    List<Entry> entries =
        IntStream.range(0, 120)
            .mapToObj(i -> new Entry(key("p", "k%03d".formatted(i)), item("v" + i), LATER))
            .toList();
    index.batchPut(entries);
    index.batchPut(entries);
    index.batchPut(Stream.concat(entries.stream(), entries.stream()).toList());
    index.batchPut(List.of());

    assertThat(all("p", Range.prefix(""))).isEqualTo(entries);
  }

  @Test
  void replacesByABatch() throws Exception {
    put(key("p", "s"), Item.builder().text("old", "1").build());
    index.batchPut(List.of(new Entry(key("p", "s"), item("new"))));

    assertThat(index.get(key("p", "s"))).contains(item("new"));
  }

  @Test
  void deletesABatchAgainWithoutHarm() throws Exception {
    List<Key> keys = numbered("k", 60).stream().map(sort -> key("p", sort)).toList();
    put(key("p", "other"), item("stays"));
    index.batchDelete(keys);
    index.batchDelete(keys);
    index.batchDelete(Stream.concat(keys.stream(), keys.stream()).toList());
    index.batchDelete(List.of());

    assertThat(sorts(all("p", Range.prefix("")))).containsExactly("other");
  }

  @Test
  void takesAFullBatchAndNoMore() {
    List<Entry> full =
        IntStream.range(0, Index.MAX_BATCH)
            .mapToObj(i -> new Entry(key("p", "k%04d".formatted(i)), Item.EMPTY))
            .toList();
    List<Entry> over =
        Stream.concat(full.stream(), Stream.of(new Entry(key("p", "x"), Item.EMPTY))).toList();
    List<Key> overKeys = over.stream().map(Entry::key).toList();
    index.batchPut(full);

    assertThatThrownBy(() -> index.batchPut(over)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> index.batchGet(overKeys))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1000");
    assertThatThrownBy(() -> index.batchDelete(overKeys))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(index.batchGet(full.stream().map(Entry::key).toList())).hasSize(Index.MAX_BATCH);
  }

  @Test
  void tellsTheExpiryInWholeSeconds() throws Exception {
    Instant fraction = Instant.parse("2100-01-01T00:00:00.001Z");
    index.transact(Write.all(new Write.Put(key("p", "a"), item("a"), fraction, Condition.ALWAYS)));
    index.batchPut(
        List.of(
            new Entry(key("p", "b"), item("b"), fraction),
            new Entry(key("p", "c"), item("c"), LATER)));

    assertThat(all("p", Range.prefix("")))
        .extracting(Entry::expires)
        .containsExactly(LATER.plusSeconds(1), LATER.plusSeconds(1), LATER);
  }

  @Test
  void changesTheExpiryByUpdates() throws Exception {
    Key key = key("p", "s");
    update(key, new Write.Expiry.At(LATER));
    assertThat(expiry(key)).contains(LATER);
    update(key, new Write.Expiry.Keep());
    assertThat(expiry(key)).contains(LATER);
    update(key, new Write.Expiry.Never());
    assertThat(expiry(key)).isEmpty();
    update(key, new Write.Expiry.At(LATER));
    put(key, item("put"));
    assertThat(expiry(key)).as("a put without expiry").isEmpty();
  }

  private void update(Key key, Write.Expiry expiry) throws Exception {
    index.transact(
        Write.all(new Write.Update(key, item("x"), java.util.Set.of(), expiry, Condition.ALWAYS)));
  }

  private Optional<Instant> expiry(Key key) {
    return Optional.ofNullable(all(key.partition(), Range.prefix("")).getFirst().expires());
  }

  @Test
  void keepsWhatHasNotExpired() throws Exception {
    index.batchPut(
        List.of(
            new Entry(key("p", "later"), item("a"), LATER),
            new Entry(key("p", "never"), item("b"))));
    sweep(LATER.minusSeconds(1));

    assertThat(sorts(all("p", Range.prefix("")))).containsExactly("later", "never");
  }

  @Test
  void forgetsWhatExpiredSomeTimeAfter() throws Exception {
    List<Entry> expired = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      expired.add(new Entry(key("p", "k" + i), item("old"), PAST));
    }
    index.batchPut(expired);
    index.batchPut(
        List.of(
            new Entry(key("p", "x"), item("a"), LATER),
            new Entry(key("p", "y"), item("b"), LATER.plusSeconds(1)),
            new Entry(key("p", "z"), item("c"))));

    assumeThat(sweep(LATER)).as("this backend can be told to sweep").isTrue();
    assertThat(sorts(all("p", Range.prefix("")))).containsExactly("y", "z");
    index.transact(Write.all(Write.put(key("p", "k1"), item("new"), Condition.ABSENT)));
  }

  @Test
  void survivesAQueryWhileItWrites() throws Exception {
    Concurrently.run(
        4,
        thread -> {
          for (int i = 0; i < 50; i++) {
            if (thread % 2 == 0) {
              put(key("p", "t" + thread + "k" + i), item("v"));
              assertThat(index.get(key("p", "t" + thread + "k" + i))).isPresent();
            } else {
              assertThat(sorts(all("p", Range.prefix("t")))).isSorted();
            }
          }
        });
    assertThat(all("p", Range.prefix("t"))).hasSize(100);
  }

  private List<String> numbered(String prefix, int count) throws Exception {
    List<String> sorts =
        IntStream.range(0, count).mapToObj(i -> prefix + "%03d".formatted(i)).toList();
    for (String sort : sorts.reversed()) {
      put(key("p", sort), item(sort));
    }
    return sorts;
  }

  private List<Entry> all(String partition, Range range) {
    List<Entry> entries = new ArrayList<>();
    Page page;
    do {
      String last = entries.isEmpty() ? null : entries.getLast().key().sort();
      page = index.query(Query.forward(partition, range.after(last), Query.MAX_LIMIT));
      entries.addAll(page.entries());
    } while (page.more());
    return entries;
  }

  private static List<String> sorts(List<Entry> entries) {
    return entries.stream().map(entry -> entry.key().sort()).toList();
  }
}
