package dev.virga.aws.websocket;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.Connection;
import dev.virga.aws.Retries;
import dev.virga.pds.jetstream.Wake;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.regions.PartitionMetadata;

/**
 * An asynchronous invocation of a Lambda function, which Lambda queues and repeats if it fails.
 * Source: Lambda API Reference, "Invoke".
 */
public final class FunctionWake implements Wake {
  /** What the function is called with. */
  public static final String EVENT = "{\"virga\":\"goOn\"}";

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final SignedCalls calls;
  private final URI uri;
  private final Retries retries;

  /**
   * Opens nothing yet.
   *
   * @param function a name or ARN, with or without a version or alias
   */
  public FunctionWake(Connection connection, String function, Retries retries) {
    this.calls = new SignedCalls(connection, "lambda", LIMIT);
    URI given = connection.endpoint();
    String endpoint =
        given != null
            ? given.toString().replaceAll("/+$", "")
            : "https://lambda.%s.%s"
                .formatted(
                    connection.region().id(),
                    PartitionMetadata.of(connection.region()).dnsSuffix());
    this.uri =
        URI.create(
            "%s/2015-03-31/functions/%s/invocations"
                .formatted(endpoint, URLEncoder.encode(function, StandardCharsets.UTF_8)));
    this.retries = retries;
  }

  /** That of the function which {@code VIRGA_WEBSOCKET_FUNCTION} names. */
  public static FunctionWake of(AwsEnvironment environment) {
    return new FunctionWake(
        environment.connection("LAMBDA"),
        environment.require("VIRGA_WEBSOCKET_FUNCTION"),
        new Retries(new SecureRandom()));
  }

  @Override
  public void wake() {
    retries.call("call of the function that feeds WebSocket connections", _ -> invoke());
  }

  private int invoke() {
    int status;
    try {
      status =
          calls.call(
              SdkHttpMethod.POST,
              uri,
              Map.of("X-Amz-Invocation-Type", "Event", "Content-Type", "application/json"),
              EVENT.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw SdkClientException.create("no answer to Invoke", e);
    }
    if (status < 200 || status >= 300) {
      throw AwsServiceException.builder()
          .statusCode(status)
          .message("Invoke was refused with " + status)
          .build();
    }
    return status;
  }
}
