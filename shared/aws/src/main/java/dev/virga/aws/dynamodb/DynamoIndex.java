package dev.virga.aws.dynamodb;

import dev.virga.aws.Retries;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The {@link Index} on one DynamoDB table: the cloud's half of that port.
 *
 * <p>A transaction of a single write is a plain conditional write, and one of a single check a
 * read: both at half the price. If the answer to a conditional write is lost and its repetition
 * finds the condition false, nobody can tell whether the first attempt made it so; that is a {@link
 * StoreException}. Transactions of several writes carry a token by which DynamoDB knows a
 * repetition.
 */
public final class DynamoIndex implements Index {
  /** Reasons of a cancellation that will be gone, and that of the writes that were not refused. */
  private static final Set<String> PASSING =
      Set.of("None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  private final DynamoDbClient client;
  private final String table;
  private final Retries retries;
  private final RandomGenerator random;
  private final Requests requests;
  private final Queries queries;
  private final Batches batches;

  /**
   * An index in a table that {@link IndexTable} describes.
   *
   * @param client one that does not retry, such as {@link IndexTable#client} makes
   * @param random makes the tokens of transactions; unpredictable even after a snapshot
   */
  public DynamoIndex(DynamoDbClient client, String table, Retries retries, RandomGenerator random) {
    this.client = client;
    this.table = table;
    this.retries = retries;
    this.random = random;
    this.requests = new Requests(table);
    this.queries = new Queries(table);
    this.batches = new Batches(client, table, retries);
  }

  @Override
  public Optional<Item> get(Key key) {
    return get(key, true);
  }

  @Override
  public Optional<Item> getStale(Key key) {
    return get(key, false);
  }

  private Optional<Item> get(Key key, boolean consistent) {
    Map<String, AttributeValue> encoded = Attributes.key(key);
    GetItemResponse answer =
        retries.call(
            operation("GetItem"),
            _ -> client.getItem(r -> r.tableName(table).key(encoded).consistentRead(consistent)));
    return answer.hasItem()
        ? Optional.of(Attributes.decode(answer.item()).item())
        : Optional.empty();
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    Index.requireBatch(keys);
    return batches.get(keys);
  }

  @Override
  public Page query(Query query) {
    return queries
        .request(query)
        .map(request -> retries.call(operation("Query"), _ -> client.query(request)))
        .map(answer -> queries.page(query, answer))
        .orElse(new Page(List.of(), false));
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    Write.requireTransaction(writes, limits());
    List<Write> effective = writes.stream().filter(DynamoIndex::matters).toList();
    switch (effective.size()) {
      case 0 -> {}
      case 1 -> writeOne(effective.getFirst());
      default -> writeAll(effective);
    }
  }

  /** Not so a check that demands nothing, which DynamoDB would refuse. */
  private static boolean matters(Write write) {
    return !(write instanceof Write.Check check && check.condition() instanceof Condition.Always);
  }

  /** {@inheritDoc} Here it is written while the barrier runs. */
  @Override
  public void transactAfter(List<Write> beforehand, Runnable barrier, List<Write> writes)
      throws ConditionFailedException {
    Write.requireTransaction(writes, limits());
    if (beforehand.isEmpty()) {
      barrier.run();
    } else {
      Parallel.both(() -> writeEach(beforehand), barrier);
    }
    transact(writes);
  }

  /**
   * {@inheritDoc} Here puts without a condition go in batches, and each other write is a call of
   * its own, several at a time: half the price of transactions.
   */
  @Override
  public void writeEach(List<Write> writes) {
    List<Entry> plain = new ArrayList<>();
    List<Write> others = new ArrayList<>();
    for (Write write : writes) {
      if (write instanceof Write.Put(Key key, Item item, var expires, Condition.Always _)) {
        plain.add(new Entry(key, item, expires));
      } else if (matters(write)) {
        others.add(write);
      }
    }
    Parallel.both(() -> batches.put(plain), () -> Parallel.forEach(others, this::tryOne));
  }

  private void tryOne(Write write) {
    try {
      writeOne(write);
    } catch (ConditionFailedException e) {
      return; // this one is left out
    }
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    Index.requireBatch(entries);
    batches.put(entries);
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    Index.requireBatch(keys);
    batches.delete(keys);
  }

  private void writeOne(Write write) throws ConditionFailedException {
    switch (write) {
      case Write.Put put -> {
        var request = requests.put(put);
        writeOne("PutItem", write, () -> client.putItem(request));
      }
      case Write.Update update -> {
        var request = requests.update(update);
        writeOne("UpdateItem", write, () -> client.updateItem(request));
      }
      case Write.Delete delete -> {
        var request = requests.delete(delete);
        writeOne("DeleteItem", write, () -> client.deleteItem(request));
      }
      case Write.Check(Key key, Condition condition) -> {
        if (!Condition.holds(condition, get(key))) {
          throw new ConditionFailedException(List.of(key));
        }
      }
    }
  }

  private void writeOne(String name, Write write, Runnable call) throws ConditionFailedException {
    retries.<Boolean, ConditionFailedException>call(
        operation(name),
        doubtful -> {
          try {
            call.run();
            return true;
          } catch (ConditionalCheckFailedException failed) {
            if (doubtful) {
              throw new StoreException(
                  operation(name) + " may or may not have happened: its answer was lost", failed);
            }
            throw new ConditionFailedException(List.of(write.key()));
          } catch (DynamoDbException failed) {
            throw isTooLarge(failed)
                ? new IllegalArgumentException(failed.getMessage(), failed)
                : failed;
          }
        });
  }

  private void writeAll(List<Write> writes) throws ConditionFailedException {
    TransactWriteItemsRequest request =
        TransactWriteItemsRequest.builder()
            .clientRequestToken(new UUID(random.nextLong(), random.nextLong()).toString())
            .transactItems(writes.stream().map(requests::action).toList())
            .build();
    retries.<Boolean, ConditionFailedException>call(
        operation("TransactWriteItems"),
        _ -> {
          try {
            client.transactWriteItems(request);
            return true;
          } catch (TransactionCanceledException cancelled) {
            throw refusal(writes, cancelled);
          }
        });
  }

  /**
   * What a cancelled transaction amounts to.
   *
   * @return the exception that came if it may go better next time
   */
  private RuntimeException refusal(List<Write> writes, TransactionCanceledException cancelled)
      throws ConditionFailedException {
    List<CancellationReason> reasons = cancelled.cancellationReasons();
    List<Key> failed = new ArrayList<>();
    for (int i = 0; i < Math.min(reasons.size(), writes.size()); i++) {
      if ("ConditionalCheckFailed".equals(reasons.get(i).code())) {
        failed.add(writes.get(i).key());
      }
    }
    if (!failed.isEmpty()) {
      throw new ConditionFailedException(failed);
    }
    for (CancellationReason reason : reasons) {
      String code = reason.code();
      if (code.equals("ValidationError")) {
        return new IllegalArgumentException("transaction refused: " + reason.message(), cancelled);
      }
      if (!PASSING.contains(code)) {
        return new StoreException(
            "%s was cancelled: %s %s"
                .formatted(operation("TransactWriteItems"), code, reason.message()),
            cancelled);
      }
    }
    return cancelled;
  }

  private static boolean isTooLarge(DynamoDbException failure) {
    String message = failure.getMessage();
    return message != null && message.contains("maximum allowed size");
  }

  private String operation(String name) {
    return name + " of table " + table;
  }
}
