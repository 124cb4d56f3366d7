package dev.virga.aws;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpHeaders;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Counts what is billed: the calls of SDK clients by operation, failed ones too, and the request
 * units that DynamoDB says it took, and the bytes of the messages without their headers. Give it to
 * {@link Connection} as an observer.
 *
 * <p>What DynamoDB Local says of a transaction is wrong (2 units however many writes), so that
 * these are reckoned from the request; see {@link RequestUnits} for what that leaves out. Units of
 * calls that failed are not counted, though DynamoDB bills a failed condition.
 */
public final class CallCounter implements ExecutionInterceptor {
  /** What one operation amounts to. */
  public record Cost(int calls, double units, long bytes) {
    private static final Cost NONE = new Cost(0, 0, 0);

    private Cost plus(Cost more) {
      return new Cost(calls + more.calls, units + more.units, bytes + more.bytes);
    }
  }

  private final Map<String, Cost> costs = new TreeMap<>();
  private Thread caller = Thread.currentThread();
  private int roundTrips;

  /** All operations that were called, by their names at AWS: {@code PutItem}, {@code GetObject}. */
  public synchronized Map<String, Cost> costs() {
    return Map.copyOf(costs);
  }

  /** How often an operation was called. */
  public int calls(String operation) {
    return costs().getOrDefault(operation, Cost.NONE).calls();
  }

  /** All calls by operation. */
  public Map<String, Integer> calls() {
    Map<String, Integer> calls = new TreeMap<>();
    costs().forEach((operation, cost) -> calls.put(operation, cost.calls()));
    return calls;
  }

  /** The request units of an operation: read units of a read, write units of a write. */
  public double units(String operation) {
    return costs().getOrDefault(operation, Cost.NONE).units();
  }

  /** The bytes of all requests and answers, without their headers. */
  public long bytes() {
    return costs().values().stream().mapToLong(Cost::bytes).sum();
  }

  /**
   * The calls that waited for one another: those of the thread that reset this counter. What other
   * threads called for it, they called meanwhile.
   */
  public synchronized int roundTrips() {
    return roundTrips;
  }

  public synchronized void reset() {
    costs.clear();
    caller = Thread.currentThread();
    roundTrips = 0;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    ReturnConsumedCapacity total = ReturnConsumedCapacity.TOTAL;
    return switch (context.request()) {
      case GetItemRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case QueryRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case PutItemRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case UpdateItemRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case DeleteItemRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case BatchGetItemRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case BatchWriteItemRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case TransactWriteItemsRequest r -> r.toBuilder().returnConsumedCapacity(total).build();
      case SdkRequest other -> other;
    };
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    count(attributes, new Cost(1, 0, 0));
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    long bytes = length(context.httpRequest()) + length(context.httpResponse());
    count(attributes, new Cost(0, 0, bytes));
  }

  private static long length(SdkHttpHeaders message) {
    return message.firstMatchingHeader("Content-Length").map(Long::parseLong).orElse(0L);
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    double units =
        context.request() instanceof TransactWriteItemsRequest transaction
            ? RequestUnits.of(transaction)
            : units(context.response());
    count(attributes, new Cost(0, units, 0));
  }

  private synchronized void count(ExecutionAttributes attributes, Cost cost) {
    roundTrips += Thread.currentThread() == caller ? cost.calls : 0;
    String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    costs.merge(operation, cost, Cost::plus);
  }

  private static double units(SdkResponse response) {
    Object consumed = response.getValueForField("ConsumedCapacity", Object.class).orElse(List.of());
    List<?> parts = consumed instanceof List<?> list ? list : List.of(consumed);
    return parts.stream().mapToDouble(part -> ((ConsumedCapacity) part).capacityUnits()).sum();
  }
}
