package dev.virga.functions.lambda;

import dev.virga.aws.Connection;
import dev.virga.aws.LocalServers;
import dev.virga.aws.dynamodb.IndexTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The outbox of a table as its stream tells the stream function of it, for tests. */
final class OutboxStream {
  private final String table;
  private final Set<String> told = new HashSet<>();

  OutboxStream(String table) {
    this.table = table;
  }

  private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    return Objects.requireNonNull(item.get(name), name);
  }

  /** A batch of all that came since the one before. */
  byte[] news() {
    List<String> records = new ArrayList<>();
    try (Connection connection = LocalServers.dynamo().connect();
        DynamoDbClient client = IndexTable.client(connection)) {
      client
          .scanPaginator(r -> r.tableName(table))
          .items()
          .forEach(
              item -> {
                String key = attribute(item, "pk").s() + " " + attribute(item, "sk").s();
                if (attribute(item, "sk").s().startsWith("outbox#") && told.add(key)) {
                  records.add(record(item));
                }
              });
    }
    return ("{\"Records\":[" + String.join(",", records) + "]}").getBytes(StandardCharsets.UTF_8);
  }

  private String record(Map<String, AttributeValue> item) {
    return """
    {"eventName":"INSERT","dynamodb":{"SequenceNumber":"%d",\
    "Keys":{"pk":%s,"sk":%s},"NewImage":%s}}\
    """
        .formatted(
            told.size(), json(attribute(item, "pk")), json(attribute(item, "sk")), fields(item));
  }

  private static String fields(Map<String, AttributeValue> item) {
    return item.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\":" + json(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String json(AttributeValue value) {
    return switch (value.type()) {
      case S -> "{\"S\":\"" + value.s() + "\"}";
      case N -> "{\"N\":\"" + value.n() + "\"}";
      case BOOL -> "{\"BOOL\":" + value.bool() + "}";
      case B -> "{\"B\":\"" + Base64.getEncoder().encodeToString(value.b().asByteArray()) + "\"}";
      default -> throw new AssertionError(value + " is of no type that the Index writes");
    };
  }
}
