package dev.virga.aws.dynamodb;

import dev.virga.aws.Connection;
import dev.virga.pds.store.StoreException;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * The one table of a {@link DynamoIndex} as it must be, and the clients for it. In the cloud the
 * template makes the table; here it is made for tests and local set-ups.
 */
public final class IndexTable {
  /** The longest time for one call: a transaction of 4 MB from afar is the slowest. */
  private static final Duration CALL = Duration.ofSeconds(6);

  private static final Duration UNTIL_ACTIVE = Duration.ofSeconds(60);

  private IndexTable() {}

  /** A client for the table that leaves retries to {@link dev.virga.aws.Retries}. */
  public static DynamoDbClient client(Connection connection) {
    return connection.prepare(DynamoDbClient.builder(), CALL).build();
  }

  /** A client for the table's stream that leaves retries to whoever polls. */
  public static DynamoDbStreamsClient streamClient(Connection connection) {
    return connection.prepare(DynamoDbStreamsClient.builder(), CALL).build();
  }

  /** Key, billing and stream; TTL cannot be part of this request. */
  public static CreateTableRequest definition(String table) {
    return CreateTableRequest.builder()
        .tableName(table)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(text(Row.PARTITION), text(Row.SORT))
        .keySchema(key(Row.PARTITION, KeyType.HASH), key(Row.SORT, KeyType.RANGE))
        .streamSpecification(
            stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES))
        .build();
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  /**
   * Makes the table unless there is one, and waits until it can be used.
   *
   * @return the ARN of its stream
   * @throws StoreException if it cannot be made, or is there without a stream
   */
  public static String createIfAbsent(DynamoDbClient client, String table) {
    try {
      create(client, table);
      TableDescription made =
          client
              .waiter()
              .waitUntilTableExists(
                  r -> r.tableName(table), options -> options.waitTimeout(UNTIL_ACTIVE))
              .matched()
              .response()
              .orElseThrow(() -> new StoreException("table " + table + " does not become active"))
              .table();
      expire(client, table);
      if (made.latestStreamArn() == null) {
        throw new StoreException("table " + table + " has no stream");
      }
      return made.latestStreamArn();
    } catch (SdkException failed) {
      throw new StoreException(
          "table %s cannot be made: %s".formatted(table, failed.getMessage()), failed);
    }
  }

  private static void create(DynamoDbClient client, String table) {
    try {
      client.createTable(definition(table));
    } catch (ResourceInUseException present) {
      // Somebody made it before or at the same time; the waiter will tell when it is ready.
    }
  }

  /** Switches TTL on; doing it again would be refused. */
  private static void expire(DynamoDbClient client, String table) {
    TimeToLiveDescription current =
        client.describeTimeToLive(r -> r.tableName(table)).timeToLiveDescription();
    if (current.timeToLiveStatus() == TimeToLiveStatus.DISABLED) {
      client.updateTimeToLive(
          r ->
              r.tableName(table)
                  .timeToLiveSpecification(ttl -> ttl.enabled(true).attributeName(Row.EXPIRES)));
    }
  }
}
