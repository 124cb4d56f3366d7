package dev.virga.aws.dynamodb;

import dev.virga.aws.Connection;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.ChangesContract;
import dev.virga.pds.store.Index;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

class DynamoChangesTest extends ChangesContract {
  private final Connection connection = LocalServers.dynamo().connect();
  private final DynamoDbClient client = IndexTable.client(connection);
  private final DynamoDbStreamsClient streams = IndexTable.streamClient(connection);
  private @Nullable StreamPoller poller;

  @Override
  protected Index open(Changes.Listener listener) {
    SecureRandom random = new SecureRandom();
    String table = "changes-" + UUID.randomUUID();
    String stream = IndexTable.createIfAbsent(client, table);
    StreamPoller.Pace pace = StreamPoller.Pace.steady(Duration.ofMillis(20));
    poller =
        new StreamPoller(streams, stream, _ -> true, listener, Checkpoints.inMemory(), pace)
            .start();
    return new DynamoIndex(client, table, new Retries(random), random);
  }

  @Override
  protected void close() {
    if (poller != null) {
      poller.close();
    }
    streams.close();
    client.close();
    connection.close();
  }
}
