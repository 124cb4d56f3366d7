package dev.virga.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * The write units of a transaction as DynamoDB's manual reckons them: two for each begun kilobyte
 * of each item; part of {@link CallCounter}.
 *
 * <p>Only the request is known here. An update is taken for what it sets, a deletion and a check
 * for a kilobyte: the sum is too low where the item that is there is larger.
 */
final class RequestUnits {
  private static final int KILOBYTE = 1_024;
  private static final int UNITS_PER_KILOBYTE = 2;

  private RequestUnits() {}

  static double of(TransactWriteItemsRequest transaction) {
    return transaction.transactItems().stream().mapToDouble(RequestUnits::of).sum();
  }

  private static double of(TransactWriteItem action) {
    if (action.put() != null) {
      return units(size(action.put().item()));
    }
    if (action.update() != null) {
      var values = action.update().expressionAttributeValues();
      return units(size(action.update().key()) + size(values));
    }
    return units(1);
  }

  private static double units(int bytes) {
    return UNITS_PER_KILOBYTE * Math.ceilDiv(bytes, KILOBYTE);
  }

  private static int size(Map<String, AttributeValue> item) {
    int bytes = 0;
    for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
      bytes += attribute.getKey().getBytes(UTF_8).length + size(attribute.getValue());
    }
    return bytes;
  }

  private static int size(AttributeValue value) {
    return switch (value.type()) {
      case S -> value.s().getBytes(UTF_8).length;
      case B -> value.b().asByteArrayUnsafe().length;
      case N -> value.n().length() / 2 + 2;
      default -> 1;
    };
  }
}
