package dev.virga.aws.dynamodb;

import dev.virga.aws.Retries;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Batches of any size as calls that DynamoDB takes, several at a time, with what it left undone
 * asked for again; part of {@link DynamoIndex}.
 */
final class Batches {
  private static final int GETS_PER_CALL = 100;
  private static final int WRITES_PER_CALL = 25;

  private final DynamoDbClient client;
  private final String table;
  private final Retries retries;

  Batches(DynamoDbClient client, String table, Retries retries) {
    this.client = client;
    this.table = table;
    this.retries = retries;
  }

  Map<Key, Item> get(Collection<Key> keys) {
    List<Map<String, AttributeValue>> asked =
        new LinkedHashSet<>(keys).stream().map(Attributes::key).toList();
    Map<Key, Item> found = new HashMap<>();
    for (Map<Key, Item> part : Parallel.map(chunks(asked, GETS_PER_CALL), this::getChunk)) {
      found.putAll(part);
    }
    return found;
  }

  private Map<Key, Item> getChunk(List<Map<String, AttributeValue>> keys) {
    String operation = "BatchGetItem of table " + table;
    Map<Key, Item> found = new HashMap<>();
    Retries.Series series = retries.begin(operation);
    List<Map<String, AttributeValue>> left = keys;
    while (!left.isEmpty()) {
      KeysAndAttributes asked = KeysAndAttributes.builder().keys(left).consistentRead(true).build();
      BatchGetItemResponse answer =
          retries.call(
              operation, _ -> client.batchGetItem(r -> r.requestItems(Map.of(table, asked))));
      for (Map<String, AttributeValue> item : answer.responses().getOrDefault(table, List.of())) {
        Row row = Attributes.decode(item);
        found.put(row.key(), row.item());
      }
      KeysAndAttributes undone = answer.unprocessedKeys().get(table);
      List<Map<String, AttributeValue>> next = undone == null ? List.of() : undone.keys();
      pauseIfAny(series, left.size(), next.size());
      left = next;
    }
    return found;
  }

  void put(Collection<Entry> entries) {
    Map<Key, WriteRequest> requests = LinkedHashMap.newLinkedHashMap(entries.size());
    for (Entry entry : entries) {
      var item = Attributes.encode(Row.of(entry.key(), entry.item(), entry.expires()));
      requests.put(entry.key(), WriteRequest.builder().putRequest(put -> put.item(item)).build());
    }
    write(requests.values());
  }

  void delete(Collection<Key> keys) {
    List<WriteRequest> requests = new ArrayList<>();
    for (Key key : new LinkedHashSet<>(keys)) {
      var encoded = Attributes.key(key);
      requests.add(WriteRequest.builder().deleteRequest(delete -> delete.key(encoded)).build());
    }
    write(requests);
  }

  private void write(Collection<WriteRequest> requests) {
    Parallel.forEach(chunks(List.copyOf(requests), WRITES_PER_CALL), this::writeChunk);
  }

  private void writeChunk(List<WriteRequest> requests) {
    String operation = "BatchWriteItem of table " + table;
    Retries.Series series = retries.begin(operation);
    List<WriteRequest> left = requests;
    while (!left.isEmpty()) {
      Map<String, List<WriteRequest>> asked = Map.of(table, left);
      List<WriteRequest> next =
          retries
              .call(operation, _ -> client.batchWriteItem(r -> r.requestItems(asked)))
              .unprocessedItems()
              .getOrDefault(table, List.of());
      pauseIfAny(series, left.size(), next.size());
      left = next;
    }
  }

  /** What was left undone is asked for again after a pause; a part that was done begins anew. */
  private static void pauseIfAny(Retries.Series series, int before, int undone) {
    if (undone > 0) {
      if (undone < before) {
        series.progressed();
      }
      series.pause(null);
    }
  }

  private static <T> List<List<T>> chunks(List<T> all, int size) {
    List<List<T>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      chunks.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return chunks;
  }
}
