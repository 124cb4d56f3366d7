package dev.virga.aws.ports;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.Connection;
import dev.virga.aws.Retries;
import dev.virga.aws.dynamodb.Checkpoints;
import dev.virga.aws.dynamodb.DynamoIndex;
import dev.virga.aws.dynamodb.IndexTable;
import dev.virga.aws.dynamodb.StreamPoller;
import dev.virga.aws.s3.BucketOptions;
import dev.virga.aws.s3.S3Objects;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.Outbox;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The two ports of one deployment, opened as the environment says: {@code VIRGA_TABLE}, {@code
 * VIRGA_BUCKET} and, for stores that want it, {@code VIRGA_S3_PATH_STYLE=true}.
 */
public final class CloudStores implements AutoCloseable {
  private final DynamoDbClient dynamo;
  private final DynamoDbStreamsClient streams;
  private final S3Client s3;
  private final S3Presigner presigner;
  private final String table;
  private final String bucket;
  private final Retries retries;
  private final Index index;
  private final Objects objects;

  private CloudStores(AwsEnvironment environment, RandomGenerator random) {
    table = environment.require("VIRGA_TABLE");
    bucket = environment.require("VIRGA_BUCKET");
    BucketOptions options =
        environment.flag("VIRGA_S3_PATH_STYLE")
            ? BucketOptions.compatible(bucket)
            : BucketOptions.aws(bucket);
    Connection toDynamo = environment.connection("DYNAMODB");
    Connection toStreams = environment.connection("DYNAMODB_STREAMS");
    Connection toS3 = environment.connection("S3");
    retries = new Retries(random);
    dynamo = IndexTable.client(toDynamo);
    streams = IndexTable.streamClient(toStreams);
    s3 = S3Objects.client(toS3, options);
    presigner = S3Objects.presigner(toS3, options);
    index = new DynamoIndex(dynamo, table, retries, random);
    objects = new S3Objects(s3, presigner, options, retries, random);
  }

  /**
   * Opens the ports; makes no call yet.
   *
   * @param environment stays open; it is to be closed after this
   * @param random unpredictable even after a snapshot: a SecureRandom
   * @throws dev.virga.pds.config.ConfigException if a variable is missing or invalid
   */
  public static CloudStores open(AwsEnvironment environment, RandomGenerator random) {
    return new CloudStores(environment, random);
  }

  public Index index() {
    return index;
  }

  public Objects objects() {
    return objects;
  }

  /**
   * Looks whether the table and the bucket can be used.
   *
   * @throws StoreException if not; the message names the variable to look at
   */
  public void check() {
    streamArn();
    try {
      retries.call("HeadBucket", _ -> s3.headBucket(r -> r.bucket(bucket)));
    } catch (StoreException failed) {
      throw new StoreException(
          "bucket %s (VIRGA_BUCKET) cannot be used: %s".formatted(bucket, failed.getMessage()),
          failed);
    }
  }

  /**
   * The ARN of the table's stream.
   *
   * @throws StoreException if the table cannot be described or has no stream
   */
  public String streamArn() {
    try {
      TableDescription found =
          retries.call("DescribeTable", _ -> dynamo.describeTable(r -> r.tableName(table))).table();
      if (found.latestStreamArn() != null) {
        return found.latestStreamArn();
      }
    } catch (StoreException failed) {
      throw new StoreException(
          "table %s (VIRGA_TABLE) cannot be used: %s".formatted(table, failed.getMessage()),
          failed);
    }
    throw new StoreException("table " + table + " (VIRGA_TABLE) has no stream");
  }

  /**
   * What reads the table's stream for the sequencer on a machine without Lambda; not yet started,
   * and to be closed before this.
   *
   * @param listener gets the changes of outbox items
   * @throws StoreException as {@link #streamArn}
   */
  public StreamPoller poller(Changes.Listener listener, Checkpoints checkpoints) {
    return new StreamPoller(
        streams, streamArn(), Outbox::holds, listener, checkpoints, StreamPoller.Pace.AWS);
  }

  @Override
  public void close() {
    presigner.close();
    s3.close();
    streams.close();
    dynamo.close();
  }
}
