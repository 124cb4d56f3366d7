package dev.virga.aws.dynamodb;

import dev.virga.aws.Connection;
import dev.virga.aws.LocalDynamo;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.IndexContract;
import java.security.SecureRandom;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class DynamoIndexTest extends IndexContract {
  private final Connection connection = LocalServers.dynamo().connect();
  private final DynamoDbClient client = IndexTable.client(connection);

  @Override
  protected Index open() {
    SecureRandom random = new SecureRandom();
    return new DynamoIndex(client, LocalDynamo.newTable(client), new Retries(random), random);
  }

  @Override
  protected void close() {
    client.close();
    connection.close();
  }
}
