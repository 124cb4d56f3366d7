package dev.virga.functions.lambda.event;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;

/**
 * What the function behind the WebSocket API is called with: by API Gateway for one of its routes,
 * or by a function of ours.
 *
 * <p>Source: API Gateway, "Lambda proxy integrations for WebSocket APIs".
 */
public sealed interface WebSocketEvent {
  /** Somebody wants to connect. */
  record Connect(String connectionId, Map<String, List<String>> query, Map<String, String> headers)
      implements WebSocketEvent {}

  /** Somebody has gone. */
  record Disconnect(String connectionId) implements WebSocketEvent {}

  /** Somebody says something. */
  record Message(String connectionId, String text) implements WebSocketEvent {}

  /** Somebody of us wants subscribers to be fed. */
  record GoOn() implements WebSocketEvent {}

  /**
   * Reads an event.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static WebSocketEvent read(InputStream in) {
    Builder event = new Builder();
    try (JsonParser parser = EventJson.FACTORY.createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      EventJson.object(parser, event::property);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the event is not JSON", e);
    }
    return event.build();
  }

  /** Collects what is needed of an event. */
  final class Builder {
    private boolean goOn;
    private String route = "";
    private String connectionId = "";
    private final Map<String, List<String>> query = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String body = "";
    private boolean base64;

    private Builder() {}

    private void property(String name, JsonParser in) {
      switch (name) {
        case "virga" -> goOn = EventJson.textOrEmpty(in).equals("goOn");
        case "requestContext" -> EventJson.object(in, this::context);
        case "multiValueQueryStringParameters" ->
            EventJson.object(in, (key, values) -> query.put(key, EventJson.texts(values)));
        case "headers" ->
            EventJson.textsByName(in)
                .forEach((key, value) -> headers.put(key.toLowerCase(Locale.ROOT), value));
        case "body" -> body = EventJson.textOrEmpty(in);
        case "isBase64Encoded" -> base64 = in.getBooleanValue();
        default -> in.skipChildren();
      }
    }

    private void context(String name, JsonParser in) {
      switch (name) {
        case "eventType" -> route = EventJson.textOrEmpty(in);
        case "connectionId" -> connectionId = EventJson.textOrEmpty(in);
        default -> in.skipChildren();
      }
    }

    private WebSocketEvent build() {
      if (goOn) {
        return new GoOn();
      }
      return switch (connectionId.isEmpty() ? "" : route) {
        case "CONNECT" -> new Connect(connectionId, query, headers);
        case "DISCONNECT" -> new Disconnect(connectionId);
        case "MESSAGE" -> new Message(connectionId, text());
        default -> throw new IllegalArgumentException("the event is none of a WebSocket API");
      };
    }

    private String text() {
      return base64 ? new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8) : body;
    }
  }
}
