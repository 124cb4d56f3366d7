package dev.virga.aws;

import dev.virga.aws.dynamodb.IndexTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local in this process, behind a real HTTP port, so that the real clients speak to it.
 * Its licence forbids shipping it: for tests only.
 */
public final class LocalDynamo implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  private final DynamoDBProxyServer server;
  private final URI endpoint;

  private LocalDynamo(DynamoDBProxyServer server, URI endpoint) {
    this.server = server;
    this.endpoint = endpoint;
  }

  /** Starts an empty one in memory; takes a second or two. */
  public static LocalDynamo start() throws Exception {
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      String[] arguments = {"-inMemory", "-port", Integer.toString(port)};
      DynamoDBProxyServer server = ServerRunner.createServerFromCommandLineArgs(arguments);
      try {
        server.start();
        return new LocalDynamo(server, URI.create("http://127.0.0.1:" + port));
      } catch (Exception portTaken) {
        server.stop();
        if (attempt == ATTEMPTS) {
          throw portTaken;
        }
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public URI endpoint() {
    return endpoint;
  }

  /** A way to it, whose calls the observers see. */
  public Connection connect(ExecutionInterceptor... observers) {
    var credentials =
        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "secret"));
    return new Connection(Region.US_EAST_1, credentials, endpoint, List.of(observers));
  }

  /** Makes a new, empty table and gives its name. */
  public static String newTable(DynamoDbClient client) {
    String table = "virga-" + UUID.randomUUID();
    IndexTable.createIfAbsent(client, table);
    return table;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception failed) {
      throw new IllegalStateException("the server does not stop", failed);
    }
  }
}
