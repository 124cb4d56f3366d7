package dev.virga.aws;

import dev.virga.aws.s3.BucketOptions;
import dev.virga.aws.s3.S3Objects;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** S3Proxy in this process, in memory and checking signatures; for tests only. */
public final class LocalS3 implements AutoCloseable {
  static final String KEY = "local";
  static final String SECRET = "secret";

  private final S3Proxy server;

  private LocalS3(S3Proxy server) {
    this.server = server;
  }

  /** Starts an empty one; takes about half a second. */
  public static LocalS3 start() throws Exception {
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(new TransientNio2BlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
            .build();
    server.start();
    return new LocalS3(server);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** A way to it, whose calls the observers see. */
  public Connection connect(ExecutionInterceptor... observers) {
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET));
    return new Connection(Region.US_EAST_1, credentials, endpoint(), List.of(observers));
  }

  /** Makes a new, empty bucket. */
  public static BucketOptions newBucket(Connection connection) {
    BucketOptions options = BucketOptions.compatible("virga-" + UUID.randomUUID());
    try (S3Client client = S3Objects.client(connection, options)) {
      client.createBucket(r -> r.bucket(options.bucket()));
    }
    return options;
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
