package dev.virga.aws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.aws.CallCounter;
import dev.virga.aws.Connection;
import dev.virga.aws.Faults;
import dev.virga.aws.LocalDynamo;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

/** What a DynamoIndex does when DynamoDB answers late, partly, or not at all. */
class DynamoIndexFaultsTest {
  private static final Key KEY = new Key("p", "s");
  private static final Key OTHER = new Key("q", "t");

  private final Faults faults = new Faults();
  private final CallCounter counter = new CallCounter();
  private final Stingy stingy = new Stingy(10);
  private final Connection connection = LocalServers.dynamo().connect(counter, faults);
  private final DynamoDbClient client = IndexTable.client(connection);
  private final String table = LocalDynamo.newTable(client);
  private final DynamoIndex index = index(client);

  private DynamoIndex index(DynamoDbClient on) {
    Retries impatient = new Retries(new Random(1), _ -> {}, System::nanoTime);
    return new DynamoIndex(on, table, impatient, new Random());
  }

  @AfterEach
  void close() {
    client.close();
    connection.close();
  }

  @Test
  void readsAgainWhenAnAnswerIsLost() throws Exception {
    index.transact(Write.all(Write.put(KEY, item("a"))));
    faults.loseAnswer("GetItem");
    faults.loseAnswer("GetItem");

    assertThat(index.get(KEY)).contains(item("a"));
    assertThat(counter.calls("GetItem")).isEqualTo(3);
  }

  @Test
  void writesOnceWhenTheAnswerOfATransactionIsLost() throws Exception {
    faults.loseAnswer("TransactWriteItems");
    index.transact(
        Write.all(
            Write.put(KEY, item("a"), Condition.ABSENT),
            Write.put(OTHER, item("b"), Condition.ABSENT)));

    assertThat(faults.happened()).isTrue();
    assertThat(index.get(KEY)).contains(item("a"));
    assertThat(counter.calls("TransactWriteItems")).isEqualTo(2);
  }

  @Test
  void repeatsAWriteThatDemandsNothing() throws Exception {
    faults.loseAnswer("PutItem");
    index.transact(Write.all(Write.put(KEY, item("a"))));
    faults.loseAnswer("DeleteItem");
    index.transact(Write.all(Write.delete(KEY)));

    assertThat(index.get(KEY)).isEmpty();
    assertThat(counter.calls("PutItem")).isEqualTo(2);
    assertThat(counter.calls("DeleteItem")).isEqualTo(2);
  }

  @Test
  void doesNotClaimThatAConditionFailedWhenItsOwnWriteMayHaveMadeItSo() throws Exception {
    faults.loseAnswer("PutItem");

    assertThatThrownBy(() -> index.transact(Write.all(Write.put(KEY, item("a"), Condition.ABSENT))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("PutItem of table")
        .hasMessageContaining("may or may not");
  }

  @Test
  void knowsThatAThrottledWriteDidNothing() throws Exception {
    index.transact(Write.all(Write.put(KEY, item("a"))));
    faults.refuse("PutItem", DynamoIndexFaultsTest::throttled);

    assertThatThrownBy(() -> index.transact(Write.all(Write.put(KEY, item("b"), Condition.ABSENT))))
        .isInstanceOf(ConditionFailedException.class);
  }

  @Test
  void triesAgainAfterConflicts() throws Exception {
    faults.refuse("TransactWriteItems", () -> cancelled("None", "TransactionConflict"));
    faults.refuse("TransactWriteItems", () -> cancelled("ThrottlingError", "None"));
    index.transact(Write.all(Write.put(KEY, item("a")), Write.put(OTHER, item("b"))));
    faults.refuse(
        "UpdateItem",
        () ->
            TransactionConflictException.builder()
                .statusCode(400)
                .message("busy")
                .awsErrorDetails(code("TransactionConflictException"))
                .build());
    index.transact(Write.all(Write.update(KEY, item("c"), Condition.PRESENT)));

    assertThat(faults.happened()).isTrue();
    assertThat(index.get(KEY)).contains(item("c"));
    assertThat(index.get(OTHER)).contains(item("b"));
  }

  @Test
  void namesTheFailedConditionEvenAmongConflicts() {
    faults.refuse(
        "TransactWriteItems", () -> cancelled("TransactionConflict", "ConditionalCheckFailed"));

    assertThatThrownBy(
            () ->
                index.transact(
                    Write.all(Write.put(KEY, item("a")), Write.delete(OTHER, Condition.PRESENT))))
        .isInstanceOfSatisfying(
            ConditionFailedException.class,
            failure -> assertThat(failure.failed()).containsExactly(OTHER));
  }

  @Test
  void givesUpATransactionThatIsCancelledForGood() {
    faults.refuse("TransactWriteItems", () -> cancelled("AccessDenied", "None"));

    assertThatThrownBy(
            () -> index.transact(Write.all(Write.put(KEY, item("a")), Write.delete(OTHER))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("AccessDenied");
    assertThat(counter.calls("TransactWriteItems")).isEqualTo(1);
  }

  @Test
  void givesUpWhenThrottlingDoesNotEnd() {
    for (int i = 0; i < Retries.MAX_ATTEMPTS; i++) {
      faults.refuse("Query", DynamoIndexFaultsTest::throttled);
    }

    assertThatThrownBy(
            () ->
                index.query(
                    dev.virga.pds.store.Query.forward(
                        "p", dev.virga.pds.store.Range.prefix("a"), 10)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Query of table " + table)
        .hasMessageContaining("8 times");
  }

  @Test
  void saysThatTheTableIsMissing() {
    DynamoIndex lost = new DynamoIndex(client, "nowhere", new Retries(new Random()), new Random());

    assertThatThrownBy(() -> lost.get(KEY))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("GetItem of table nowhere failed");
  }

  @Test
  void asksAgainForWhatABatchLeftUndone() {
    try (Connection stingyConnection = LocalServers.dynamo().connect(stingy);
        DynamoDbClient stingyClient = IndexTable.client(stingyConnection)) {
      DynamoIndex served = index(stingyClient);
      List<Entry> entries =
          IntStream.range(0, 120)
              .mapToObj(i -> new Entry(new Key("p", "k" + i), item("v" + i)))
              .toList();
      List<Key> keys = entries.stream().map(Entry::key).toList();

      served.batchPut(entries);
      assertThat(stingy.calls.getAndSet(0)).isEqualTo(4 * 3 + 2);
      assertThat(served.batchGet(keys)).hasSize(120);
      assertThat(stingy.calls.getAndSet(0)).isEqualTo(10 + 2);
      served.batchDelete(keys);
      assertThat(served.batchGet(keys)).isEmpty();
    }
  }

  @Test
  void givesUpABatchOfWhichNothingIsDone() {
    try (Connection stingyConnection = LocalServers.dynamo().connect(new Stingy(0));
        DynamoDbClient stingyClient = IndexTable.client(stingyConnection)) {
      DynamoIndex served = index(stingyClient);

      assertThatThrownBy(() -> served.batchPut(List.of(new Entry(KEY, item("a")))))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("BatchWriteItem of table " + table)
          .hasMessageContaining("throttled");
    }
  }

  @Test
  @Timeout(60)
  void storesEntriesWhileTheBarrierRunsAndWritesAfterBoth() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch stored = new CountDownLatch(1);
    Write node = Write.put(OTHER, item("node"));
    Thread watcher =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (index.get(OTHER).isEmpty()) {
                    Thread.onSpinWait();
                  }
                  stored.countDown();
                });
    index.transactAfter(
        List.of(node),
        () -> {
          try {
            stored.await(); // would wait for ever if the entries came after the barrier
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          order.add(index.get(KEY).isEmpty() ? "barrier" : "too late");
        },
        Write.all(Write.put(KEY, item("head"), Condition.ABSENT)));
    watcher.join();

    assertThat(order).containsExactly("barrier");
    assertThat(index.get(KEY)).contains(item("head"));
  }

  @Test
  void leavesTheTransactionOutWhenTheBarrierThrows() {
    assertThatThrownBy(
            () ->
                index.transactAfter(
                    List.of(Write.put(OTHER, item("node"))),
                    () -> {
                      throw new IllegalStateException("no pack");
                    },
                    Write.all(Write.put(KEY, item("head")))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no pack");
    assertThat(index.get(KEY)).isEmpty();
  }

  @Test
  void leavesTheTransactionOutWhenTheEntriesCannotBeStored() {
    for (int i = 0; i < Retries.MAX_ATTEMPTS; i++) {
      faults.refuse("BatchWriteItem", DynamoIndexFaultsTest::throttled);
    }
    List<String> ran = new ArrayList<>();

    assertThatThrownBy(
            () ->
                index.transactAfter(
                    List.of(Write.put(OTHER, item("node"))),
                    () -> ran.add("barrier"),
                    Write.all(Write.put(KEY, item("head")))))
        .isInstanceOf(StoreException.class);
    assertThat(ran).containsExactly("barrier");
    assertThat(index.get(KEY)).isEmpty();
  }

  private static SdkException throttled() {
    return ProvisionedThroughputExceededException.builder()
        .statusCode(400)
        .message("too much")
        .awsErrorDetails(code("ProvisionedThroughputExceededException"))
        .build();
  }

  private static SdkException cancelled(String... codes) {
    return TransactionCanceledException.builder()
        .statusCode(400)
        .message("cancelled")
        .awsErrorDetails(code("TransactionCanceledException"))
        .cancellationReasons(
            List.of(codes).stream()
                .map(code -> CancellationReason.builder().code(code).message("why").build())
                .toList())
        .build();
  }

  private static AwsErrorDetails code(String code) {
    return AwsErrorDetails.builder().errorCode(code).errorMessage(code).build();
  }

  private static Item item(String value) {
    return Item.builder().text("v", value).build();
  }
}
