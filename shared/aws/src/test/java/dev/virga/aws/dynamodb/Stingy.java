package dev.virga.aws.dynamodb;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Lets DynamoDB do only a few entries of each batch and call the others unprocessed. */
final class Stingy implements ExecutionInterceptor {
  private static final ExecutionAttribute<SdkRequest> ASKED = new ExecutionAttribute<>("Asked");

  private final int perCall;
  final AtomicInteger calls = new AtomicInteger();

  Stingy(int perCall) {
    this.perCall = perCall;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    attributes.putAttribute(ASKED, context.request());
    return switch (context.request()) {
      case BatchGetItemRequest get -> {
        calls.incrementAndGet();
        Map.Entry<String, KeysAndAttributes> asked = only(get.requestItems());
        var some = asked.getValue().toBuilder().keys(head(asked.getValue().keys())).build();
        yield get.toBuilder().requestItems(Map.of(asked.getKey(), some)).build();
      }
      case BatchWriteItemRequest write -> {
        calls.incrementAndGet();
        Map.Entry<String, List<WriteRequest>> asked = only(write.requestItems());
        yield write.toBuilder()
            .requestItems(Map.of(asked.getKey(), head(asked.getValue())))
            .build();
      }
      case SdkRequest other -> other;
    };
  }

  @Override
  public SdkResponse modifyResponse(
      Context.ModifyResponse context, ExecutionAttributes attributes) {
    SdkRequest request = attributes.getAttribute(ASKED);
    return switch (context.response()) {
      case BatchGetItemResponse answer when request instanceof BatchGetItemRequest get -> {
        Map.Entry<String, KeysAndAttributes> asked = only(get.requestItems());
        var undone = asked.getValue().toBuilder().keys(tail(asked.getValue().keys())).build();
        yield undone.keys().isEmpty()
            ? answer
            : answer.toBuilder().unprocessedKeys(Map.of(asked.getKey(), undone)).build();
      }
      case BatchWriteItemResponse answer when request instanceof BatchWriteItemRequest write -> {
        Map.Entry<String, List<WriteRequest>> asked = only(write.requestItems());
        List<WriteRequest> undone = tail(asked.getValue());
        yield undone.isEmpty()
            ? answer
            : answer.toBuilder().unprocessedItems(Map.of(asked.getKey(), undone)).build();
      }
      case SdkResponse other -> other;
    };
  }

  private <T> List<T> head(List<T> all) {
    return all.subList(0, Math.min(Math.max(1, perCall), all.size())); // none would be refused
  }

  private <T> List<T> tail(List<T> all) {
    return all.subList(Math.min(perCall, all.size()), all.size());
  }

  private static <T> Map.Entry<String, T> only(Map<String, T> tables) {
    return tables.entrySet().iterator().next();
  }
}
