package dev.virga.aws;

import dev.virga.aws.dynamodb.IndexTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * DynamoDB Local and S3Proxy on free ports of this machine, with one new table and bucket, for
 * tests that are no Java: prints the variables with which a process uses them, then {@code ready},
 * and ends when its standard input does.
 */
public final class LocalCloud {
  private LocalCloud() {}

  /** Runs until standard input ends, so that it never outlives the test that started it. */
  public static void main(String[] args) throws Exception {
    try (LocalDynamo dynamo = LocalDynamo.start();
        LocalS3 s3 = LocalS3.start()) {
      environmentOfNewStores(dynamo, s3)
          .forEach((name, value) -> System.out.println(name + "=" + value));
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // what is written there means nothing
      }
    }
    System.exit(0); // the servers' threads are no daemons
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
}
