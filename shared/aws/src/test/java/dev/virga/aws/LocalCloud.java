package dev.virga.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.virga.aws.dynamodb.IndexTable;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * DynamoDB Local and S3Proxy on free ports of this machine, for tests that are no Java: {@code POST
 * /stores} makes a new table and bucket, and answers with the variables by which a process uses
 * them, as lines of {@code NAME=value}.
 */
public final class LocalCloud implements AutoCloseable {
  private final LocalDynamo dynamo;
  private final LocalS3 s3;
  private final HttpServer control;

  private LocalCloud(LocalDynamo dynamo, LocalS3 s3, HttpServer control) {
    this.dynamo = dynamo;
    this.s3 = s3;
    this.control = control;
  }

  /** Says where it is, then runs until standard input ends, so that it never outlives its user. */
  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err); // the servers greet as well
    try (LocalCloud cloud = start()) {
      out.println("Local cloud is ready at " + cloud.url());
      while (System.in.read() >= 0) {
        // what is written there means nothing
      }
    }
    System.exit(0); // the servers' threads are no daemons
  }

  static LocalCloud start() throws Exception {
    LocalDynamo dynamo = LocalDynamo.start();
    LocalS3 s3 = LocalS3.start();
    HttpServer control =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    LocalCloud cloud = new LocalCloud(dynamo, s3, control);
    control.createContext("/stores", cloud::answer);
    control.start();
    return cloud;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + control.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String lines =
          environmentOfNewStores(dynamo, s3).entrySet().stream()
              .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
              .collect(Collectors.joining());
      byte[] body = lines.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  static Map<String, String> environmentOfNewStores(LocalDynamo dynamo, LocalS3 s3) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("AWS_REGION", "us-east-1");
    variables.put("AWS_ACCESS_KEY_ID", LocalS3.KEY);
    variables.put("AWS_SECRET_ACCESS_KEY", LocalS3.SECRET);
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", dynamo.endpoint().toString());
    variables.put("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", dynamo.endpoint().toString());
    variables.put("AWS_ENDPOINT_URL_S3", s3.endpoint().toString());
    String table = "virga-" + UUID.randomUUID();
    try (Connection connection = dynamo.connect();
        DynamoDbClient client = IndexTable.client(connection)) {
      IndexTable.createIfAbsent(client, table);
    }
    variables.put("VIRGA_TABLE", table);
    try (Connection connection = s3.connect()) {
      variables.put("VIRGA_BUCKET", LocalS3.newBucket(connection).bucket());
    }
    variables.put("VIRGA_S3_PATH_STYLE", "true");
    return variables;
  }

  @Override
  public void close() {
    control.stop(0);
    s3.close();
    dynamo.close();
  }
}
