package dev.virga.functions.lambda.event;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;

/**
 * A request as an HTTP API (or a function URL) hands it to a function.
 *
 * <p>Source: API Gateway, "Working with AWS Lambda proxy integrations for HTTP APIs", payload
 * format version 2.0.
 *
 * @param method as sent
 * @param rawPath as sent, or already decoded; with the stage's name in front unless it is the
 *     default one
 * @param rawQuery as sent, without the question mark
 * @param headers by name in lower case; several of one name are joined by commas
 * @param cookies each {@code name=value}; not among the headers
 * @param body decoded
 * @param domainName the host name under which the API was called
 * @param sourceIp who called the API: a CloudFront server, if that is in front
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpEvent(
    String method,
    String rawPath,
    String rawQuery,
    Map<String, String> headers,
    List<String> cookies,
    byte[] body,
    String domainName,
    String sourceIp,
    String stage) {
  private static final String VERSION = "2.0";

  /**
   * Reads an event.
   *
   * @throws IllegalArgumentException if it is none of an HTTP API with payload 2.0
   */
  public static HttpEvent read(InputStream in) {
    Builder event = new Builder();
    try (JsonParser parser = EventJson.FACTORY.createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      EventJson.object(parser, event::property);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the event is not JSON", e);
    }
    return event.build();
  }

  /** The path without the name of the stage. */
  public String path() {
    String prefix = "/" + stage;
    boolean named = !stage.isEmpty() && !stage.startsWith("$");
    if (named && rawPath.equals(prefix)) {
      return "/";
    }
    return named && rawPath.startsWith(prefix + "/") ? rawPath.substring(prefix.length()) : rawPath;
  }

  private static final class Builder {
    private String version = "";
    private String rawPath = "/";
    private String rawQuery = "";
    private Map<String, String> headers = Map.of();
    private List<String> cookies = List.of();
    private @Nullable String body;
    private boolean base64;
    private String method = "";
    private String domainName = "";
    private String sourceIp = "";
    private String stage = "";

    void property(String name, JsonParser in) {
      switch (name) {
        case "version" -> version = EventJson.textOrEmpty(in);
        case "rawPath" -> rawPath = EventJson.textOrEmpty(in);
        case "rawQueryString" -> rawQuery = EventJson.textOrEmpty(in);
        case "headers" -> headers = lowerCase(EventJson.textsByName(in));
        case "cookies" -> cookies = EventJson.texts(in);
        case "body" -> body = EventJson.text(in);
        case "isBase64Encoded" -> base64 = in.getBooleanValue();
        case "requestContext" -> EventJson.object(in, this::context);
        default -> in.skipChildren();
      }
    }

    private void context(String name, JsonParser in) {
      switch (name) {
        case "http" -> EventJson.object(in, this::http);
        case "domainName" -> domainName = EventJson.textOrEmpty(in);
        case "stage" -> stage = EventJson.textOrEmpty(in);
        default -> in.skipChildren();
      }
    }

    private void http(String name, JsonParser in) {
      switch (name) {
        case "method" -> method = EventJson.textOrEmpty(in);
        case "sourceIp" -> sourceIp = EventJson.textOrEmpty(in);
        default -> in.skipChildren();
      }
    }

    private static Map<String, String> lowerCase(Map<String, String> headers) {
      Map<String, String> lower = new TreeMap<>();
      headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
      return lower;
    }

    HttpEvent build() {
      if (!version.equals(VERSION) || method.isEmpty()) {
        throw new IllegalArgumentException(
            "the event is no request of an HTTP API with payload format 2.0");
      }
      return new HttpEvent(
          method, rawPath, rawQuery, headers, cookies, decoded(), domainName, sourceIp, stage);
    }

    private byte[] decoded() {
      if (body == null) {
        return new byte[0];
      }
      return base64 ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
    }
  }
}
