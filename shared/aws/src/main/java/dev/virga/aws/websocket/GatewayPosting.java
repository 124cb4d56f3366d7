package dev.virga.aws.websocket;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.Connection;
import dev.virga.pds.jetstream.Posting;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * Messages to connections of a WebSocket API. Source: API Gateway Developer Guide,
 * "Use @connections commands in your backend service".
 */
public final class GatewayPosting implements Posting {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayPosting.class);
  private static final int GONE = 410;
  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;
  private static final byte[] NOTHING = {};

  private final SignedCalls calls;
  private final String url;

  /**
   * Opens nothing yet.
   *
   * @param url the API's callback URL with its stage, e.g. {@code
   *     https://abc.execute-api.eu-west-1.amazonaws.com/live}
   */
  public GatewayPosting(Connection connection, URI url) {
    this.calls = new SignedCalls(connection, "execute-api", MAX_TIME);
    this.url = url.toString().replaceAll("/+$", "");
  }

  /** That of the API which {@code VIRGA_WEBSOCKET_URL} names. */
  public static GatewayPosting of(AwsEnvironment environment) {
    return new GatewayPosting(
        environment.connection("APIGATEWAYMANAGEMENTAPI"),
        URI.create(environment.require("VIRGA_WEBSOCKET_URL")));
  }

  @Override
  public Outcome post(String connectionId, byte[] text) {
    int status;
    try {
      status =
          calls.call(
              SdkHttpMethod.POST,
              uri(connectionId),
              Map.of("Content-Type", "application/octet-stream"),
              text);
    } catch (IOException | SdkClientException e) {
      LOG.debug("no answer to a message to {}", connectionId, e);
      return Outcome.LATER;
    }
    return switch (status) {
      case GONE -> Outcome.GONE;
      case TOO_LARGE -> Outcome.TOO_LARGE;
      case TOO_MANY -> Outcome.LATER;
      default -> {
        if (status >= SERVER_ERROR) {
          yield Outcome.LATER;
        }
        if (status < 200 || status >= 300) {
          throw new StoreException("messages to " + url + " are refused with " + status);
        }
        yield Outcome.DELIVERED;
      }
    };
  }

  @Override
  public void disconnect(String connectionId) {
    try {
      int status = calls.call(SdkHttpMethod.DELETE, uri(connectionId), Map.of(), NOTHING);
      if (status >= 300 && status != GONE) {
        LOG.warn("connection {} could not be ended: {}", connectionId, status);
      }
    } catch (IOException | SdkClientException e) {
      LOG.warn("connection {} could not be ended", connectionId, e);
    }
  }

  private URI uri(String connectionId) {
    return URI.create(
        url + "/@connections/" + URLEncoder.encode(connectionId, StandardCharsets.UTF_8));
  }
}
