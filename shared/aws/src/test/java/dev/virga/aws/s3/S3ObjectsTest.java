package dev.virga.aws.s3;

import dev.virga.aws.Connection;
import dev.virga.aws.LocalS3;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.ObjectsContract;
import java.security.SecureRandom;

class S3ObjectsTest extends ObjectsContract {
  private final Connection connection = LocalServers.s3().connect();

  @Override
  protected Objects open() {
    BucketOptions options = LocalS3.newBucket(connection);
    SecureRandom random = new SecureRandom();
    return new S3Objects(
        S3Objects.client(connection, options),
        S3Objects.presigner(connection, options),
        options,
        new Retries(random),
        random);
  }

  @Override
  protected void close() {
    connection.close();
  }
}
