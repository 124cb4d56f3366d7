package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/**
 * Pages of a partition; part of {@link DynamoIndex}.
 *
 * <p>{@code BETWEEN}, the only condition with two ends, takes both inside. A bound that is outside
 * is left out where reading begins by an exclusive start key, and where it ends by dropping the
 * entry: so a page costs one query and never comes out short.
 */
final class Queries {
  private static final String PARTITION = "pk = :pk";

  private final String table;

  Queries(String table) {
    this.table = table;
  }

  /** The request, empty if nothing can be in the range. */
  Optional<QueryRequest> request(Query query) {
    Bounds bounds = Bounds.of(query.range());
    if (bounds.isEmpty()) {
      return Optional.empty();
    }
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":pk", AttributeValue.fromS(query.partition()));
    values.put(":to", AttributeValue.fromS(bounds.to()));
    QueryRequest.Builder request =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(query.consistency() == Query.Consistency.STRONG)
            .scanIndexForward(!query.backward())
            .limit(query.limit());
    if (bounds.from().isEmpty()) {
      request.keyConditionExpression(PARTITION + " AND sk <= :to");
    } else {
      values.put(":from", AttributeValue.fromS(bounds.from()));
      request.keyConditionExpression(PARTITION + " AND sk BETWEEN :from AND :to");
    }
    String beforeFirst = outsideAtBeginning(query, bounds);
    if (beforeFirst != null) {
      request.exclusiveStartKey(Attributes.key(query.partition(), beforeFirst));
    }
    return Optional.of(request.expressionAttributeValues(values).build());
  }

  private static @Nullable String outsideAtBeginning(Query query, Bounds bounds) {
    if (query.backward()) {
      return bounds.toInside() ? null : bounds.to();
    }
    return bounds.fromInside() ? null : bounds.from();
  }

  Page page(Query query, QueryResponse answer) {
    List<Entry> entries = new ArrayList<>(answer.items().size());
    for (Map<String, AttributeValue> item : answer.items()) {
      Entry entry = Attributes.decode(item).entry();
      if (isOutsideAtEnd(query, entry.key().sort())) {
        return new Page(entries, false);
      }
      entries.add(entry);
    }
    return new Page(entries, answer.hasLastEvaluatedKey());
  }

  private static boolean isOutsideAtEnd(Query query, String sort) {
    Bounds bounds = Bounds.of(query.range());
    return query.backward()
        ? !bounds.fromInside() && sort.equals(bounds.from())
        : !bounds.toInside() && sort.equals(bounds.to());
  }
}
