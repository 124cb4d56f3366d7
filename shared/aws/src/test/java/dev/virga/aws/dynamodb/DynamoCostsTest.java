package dev.virga.aws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.aws.CallCounter;
import dev.virga.aws.Connection;
import dev.virga.aws.LocalDynamo;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The calls and request units of each operation of a DynamoIndex, which its bill is made of. */
class DynamoCostsTest {
  private static final Key KEY = new Key("p", "s");
  private static final Item SMALL = Item.builder().text("v", "x".repeat(500)).build();

  private final CallCounter counter = new CallCounter();
  private final Connection connection = LocalServers.dynamo().connect(counter);
  private final DynamoDbClient client = IndexTable.client(connection);
  private final DynamoIndex index =
      new DynamoIndex(
          client, LocalDynamo.newTable(client), new Retries(new Random()), new Random());

  @AfterEach
  void close() {
    client.close();
    connection.close();
  }

  @Test
  void aSingleWriteCostsHalfOfATransaction() throws Exception {
    counter.reset();
    index.transact(Write.all(Write.put(KEY, SMALL, Condition.ABSENT)));
    index.transact(Write.all(Write.update(KEY, SMALL, Condition.PRESENT)));
    index.transact(Write.all(Write.delete(KEY)));

    assertThat(counter.calls()).isEqualTo(Map.of("PutItem", 1, "UpdateItem", 1, "DeleteItem", 1));
    assertThat(counter.units("PutItem")).isEqualTo(1);
    assertThat(counter.units("UpdateItem")).isEqualTo(1);
    assertThat(counter.units("DeleteItem")).isEqualTo(1);

    index.transact(Write.all(Write.put(KEY, SMALL), Write.put(new Key("q", "t"), SMALL)));
    assertThat(counter.calls("TransactWriteItems")).isEqualTo(1);
    assertThat(counter.units("TransactWriteItems")).isEqualTo(4);
  }

  @Test
  void aWriteIsPaidForByTheKilobyte() throws Exception {
    Item large = Item.builder().bytes("b", new byte[2_000]).build();
    counter.reset();
    index.transact(Write.all(Write.put(KEY, large)));
    index.batchPut(List.of(new Entry(new Key("q", "t"), large)));
    index.transact(Write.all(Write.put(KEY, large), Write.delete(new Key("q", "t"))));

    assertThat(counter.units("PutItem")).isEqualTo(2);
    assertThat(counter.units("BatchWriteItem")).isEqualTo(2);
    assertThat(counter.units("TransactWriteItems")).isEqualTo(4 + 2);
  }

  @Test
  void aSingleCheckIsARead() throws Exception {
    index.transact(Write.all(Write.put(KEY, SMALL)));
    counter.reset();
    index.transact(Write.all(Write.check(KEY, Condition.PRESENT)));
    index.transact(Write.all(Write.check(KEY, Condition.ALWAYS)));
    index.transact(Write.all(Write.check(new Key("z", "z"), Condition.ALWAYS), Write.delete(KEY)));

    assertThat(counter.calls()).isEqualTo(Map.of("GetItem", 1, "DeleteItem", 1));
  }

  @Test
  void aStaleReadCostsHalf() throws Exception {
    index.transact(Write.all(Write.put(KEY, SMALL)));
    counter.reset();
    assertThat(index.get(KEY)).isPresent();
    assertThat(counter.units("GetItem")).isEqualTo(1);
    assertThat(index.getStale(KEY)).isPresent();
    assertThat(counter.units("GetItem")).isEqualTo(1.5);
    assertThat(counter.calls("GetItem")).isEqualTo(2);
  }

  @Test
  void aPageIsOneQuery() {
    index.batchPut(
        IntStream.range(0, 100)
            .mapToObj(i -> new Entry(new Key("p", "rec#" + (1_000 + i)), SMALL))
            .toList());
    counter.reset();
    var page = index.query(Query.backward("p", Range.prefix("rec#").before("rec#1090"), 50));

    assertThat(page.entries())
        .hasSize(50)
        .first()
        .extracting(e -> e.key().sort())
        .isEqualTo("rec#1089");
    assertThat(counter.calls()).isEqualTo(Map.of("Query", 1));
    assertThat(counter.units("Query")).isBetween(6.0, 8.0); // 50 items of 0.5 KB, 4 KB a unit
    assertThat(index.query(Query.forward("p", new Range("b", "a"), 50)).entries()).isEmpty();
    assertThat(counter.calls("Query")).isEqualTo(1);
  }

  @Test
  void aBatchIsAsFewCallsAsDynamoAllows() {
    List<Entry> entries =
        IntStream.range(0, 60).mapToObj(i -> new Entry(new Key("p", "k" + i), SMALL)).toList();
    List<Key> keys = entries.stream().map(Entry::key).toList();
    counter.reset();
    index.batchPut(entries);
    assertThat(index.batchGet(keys)).hasSize(60);
    index.batchPut(List.of());
    assertThat(index.batchGet(List.of())).isEmpty();

    assertThat(counter.calls()).isEqualTo(Map.of("BatchWriteItem", 3, "BatchGetItem", 1));
    assertThat(counter.units("BatchWriteItem")).isEqualTo(60);
    assertThat(counter.units("BatchGetItem")).isEqualTo(60);
  }

  @Test
  void aCommitIsABatchAndATransaction() throws Exception {
    List<Write> hints =
        IntStream.range(0, 7)
            .<Write>mapToObj(i -> Write.put(new Key("p", "cid#" + i), SMALL))
            .toList();
    counter.reset();
    index.transactAfter(
        hints,
        () -> {},
        Write.all(
            Write.put(new Key("p", "head"), SMALL),
            Write.put(new Key("p", "rec#a"), SMALL),
            Write.put(new Key("p", "outbox#1"), SMALL)));

    assertThat(counter.calls()).isEqualTo(Map.of("BatchWriteItem", 1, "TransactWriteItems", 1));
    assertThat(counter.units("BatchWriteItem")).isEqualTo(7);
    assertThat(counter.units("TransactWriteItems")).isEqualTo(6);
  }

  @Test
  void whatIsPutOnAConditionBeforehandCostsTheSame() throws Exception {
    counter.reset();
    index.transactAfter(
        List.of(
            Write.put(new Key("p", "cid#"), SMALL),
            Write.put(new Key("p", "node#"), SMALL, new Condition.AbsentOrLess("rev", 7))),
        () -> {},
        Write.all(Write.put(new Key("p", "head"), SMALL)));

    assertThat(counter.calls()).isEqualTo(Map.of("BatchWriteItem", 1, "PutItem", 2));
    assertThat(counter.units("BatchWriteItem")).isEqualTo(1);
    assertThat(counter.units("PutItem")).isEqualTo(2);
  }
}
