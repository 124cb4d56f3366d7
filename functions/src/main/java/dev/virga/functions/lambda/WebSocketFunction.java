package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.functions.lambda.event.WebSocketEvent;
import dev.virga.pds.XrpcException;
import dev.virga.pds.config.ConfigException;
import dev.virga.pds.jetstream.WebSocketApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Serves the routes of the WebSocket API, and goes on feeding its subscribers when it is called to
 * do that.
 */
public final class WebSocketFunction extends CloudFunction<WebSocketApi>
    implements RequestStreamHandler {
  /** Kept back of the time that a call has, for the step under way. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final int OK = 200;

  /** For Lambda. */
  public WebSocketFunction() {
    this(System.getenv());
  }

  WebSocketFunction(Map<String, String> environment) {
    super(environment);
    begin();
  }

  @Override
  WebSocketApi compose(Cloud cloud, Map<String, String> variables) {
    return Heralds.subscribers(cloud)
        .orElseThrow(() -> new ConfigException("VIRGA_WEBSOCKET_URL", "is missing"));
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    int status =
        switch (WebSocketEvent.read(in)) {
          case WebSocketEvent.GoOn _ -> goOn(context);
          case WebSocketEvent.Connect connect -> connect(connect);
          case WebSocketEvent.Disconnect(String id) -> {
            current().disconnect(id);
            yield OK;
          }
          case WebSocketEvent.Message(String id, String text) -> {
            current().receive(id, text);
            yield OK;
          }
        };
    settle();
    out.write("{\"statusCode\":%d}".formatted(status).getBytes(StandardCharsets.UTF_8));
  }

  private int goOn(Context context) {
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(MARGIN);
    current().goOn(left.isNegative() ? Duration.ZERO : left);
    return OK;
  }

  private int connect(WebSocketEvent.Connect connect) {
    try {
      current()
          .connect(
              connect.connectionId(),
              connect.query(),
              Optional.ofNullable(connect.headers().get("socket-encoding")));
      return OK;
    } catch (XrpcException refused) {
      return refused.status();
    }
  }

  /** Looks for subscribers: a real read. */
  @Override
  void prime() {
    current().goOn(Duration.ZERO);
  }
}
