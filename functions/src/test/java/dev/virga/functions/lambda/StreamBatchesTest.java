package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.aws.dynamodb.Row;
import dev.virga.aws.dynamodb.StreamRecord;
import dev.virga.functions.lambda.event.BatchAnswer;
import dev.virga.functions.lambda.event.StreamEvent;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Item.Attribute;
import dev.virga.pds.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamBatchesTest {
  /** The calls of the listener, each with what it was given, by sort keys. */
  private final List<List<String>> calls = new ArrayList<>();

  private StreamBatches batches(Changes.Listener inner) {
    return new StreamBatches(
        changes -> {
          calls.add(names(changes));
          inner.accept(changes);
        });
  }

  private static List<String> names(List<Change> changes) {
    return changes.stream().map(change -> change.key().sort()).toList();
  }

  private static StreamEvent.Numbered record(int number) {
    Row row =
        new Row(
            Map.of(
                Row.PARTITION, new Attribute.Text("did:web:alice.example.com"),
                Row.SORT, new Attribute.Text("outbox#" + number)));
    return new StreamEvent.Numbered(Integer.toString(number), new StreamRecord(row, null, row));
  }

  private static StreamEvent.Numbered unreadable(int number) {
    Row row = new Row(Map.of(Row.PARTITION, new Attribute.Whole(1)));
    return new StreamEvent.Numbered(Integer.toString(number), new StreamRecord(row, null, row));
  }

  private static StreamEvent event(int from, int to) {
    return new StreamEvent(IntStream.range(from, to).mapToObj(StreamBatchesTest::record).toList());
  }

  private static Changes.Listener failingAt(String bad) {
    return changes -> {
      if (names(changes).contains(bad)) {
        throw new StoreException("not this one");
      }
    };
  }

  @Test
  void aBatchIsHandedOnAsOne() {
    assertThat(batches(changes -> {}).accept(event(1, 4))).isEqualTo(BatchAnswer.ALL_WELL);
    assertThat(calls).containsExactly(List.of("outbox#1", "outbox#2", "outbox#3"));
  }

  @Test
  void nothingIsNothing() {
    assertThat(batches(changes -> {}).accept(event(1, 1))).isEqualTo(BatchAnswer.ALL_WELL);
  }

  @Test
  void theBadRecordAloneIsHeldResponsible() {
    BatchAnswer answer = batches(failingAt("outbox#3")).accept(event(1, 6));

    assertThat(answer).isEqualTo(BatchAnswer.from("3"));
    assertThat(new String(answer.encode(), StandardCharsets.UTF_8))
        .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"3\"}]}");
    assertThat(calls.subList(1, calls.size()))
        .as("nothing after it is handed on: it would overtake it")
        .containsExactly(List.of("outbox#1"), List.of("outbox#2"), List.of("outbox#3"));
  }

  @Test
  void aFailureThatPassesIsNoneInTheEnd() {
    boolean[] failed = {false};
    StreamBatches batches =
        batches(
            changes -> {
              if (!failed[0]) {
                failed[0] = true;
                throw new InterruptedException("for once, and checked");
              }
            });

    assertThat(batches.accept(event(1, 3))).isEqualTo(BatchAnswer.ALL_WELL);
    assertThat(calls).hasSize(3);
  }

  @Test
  void aRecordThatIsNoneOfAnIndexStopsTheBatchWhereItIs() {
    StreamEvent event = new StreamEvent(List.of(record(1), unreadable(2), record(3)));

    assertThat(batches(changes -> {}).accept(event)).isEqualTo(BatchAnswer.from("2"));
    assertThat(calls).containsExactly(List.of("outbox#1"));
  }

  /** Lambda delivers again from the record that the answer names, as often as need be. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverFailsNowAndThenEveryRecordArrivesInOrder(long seed) {
    Random random = new Random(seed);
    List<String> arrived = new ArrayList<>();
    StreamBatches batches =
        new StreamBatches(
            changes -> {
              for (Change change : changes) {
                if (random.nextInt(3) == 0) {
                  throw new StoreException("now and then");
                }
                arrived.add(change.key().sort());
              }
            });
    int next = 0;
    int count = 40;
    int deliveries = 0;
    while (next < count) {
      assertThat(++deliveries).as("deliveries, seed %d", seed).isLessThan(1_000);
      int end = Math.min(count, next + 1 + random.nextInt(10));
      BatchAnswer answer = batches.accept(event(next, end));
      next = answer.failures().isEmpty() ? end : Integer.parseInt(answer.failures().getFirst());
    }
    assertThat(arrived.stream().distinct())
        .as("in the order of their first arrival, seed %d", seed)
        .containsExactlyElementsOf(names(changes(event(0, count))));
  }

  private static List<Change> changes(StreamEvent event) {
    return event.records().stream().map(each -> each.change().change()).toList();
  }
}
