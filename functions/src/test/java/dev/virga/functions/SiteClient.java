package dev.virga.functions;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Site;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a {@link Site} as a client on the network would, without one. */
public final class SiteClient {
  private final Site site;

  public SiteClient(Site site) {
    this.site = site;
  }

  public PdsServer.User signUp(String name) {
    PdsServer.Answer made =
        post(
            "com.atproto.server.createAccount",
            "{\"handle\":\"%s.test\",\"email\":\"%s@example.org\",\"password\":\"correct horse\"}"
                .formatted(name, name),
            null);
    return new PdsServer.User(
        Did.parse(made.text("did")),
        made.text("handle"),
        made.text("accessJwt"),
        made.text("refreshJwt"));
  }

  public PdsServer.Answer get(String methodAndQuery, @Nullable String authorization) {
    int mark = methodAndQuery.indexOf('?');
    String method = mark < 0 ? methodAndQuery : methodAndQuery.substring(0, mark);
    String query = mark < 0 ? "" : methodAndQuery.substring(mark + 1);
    return send("GET", method, query, null, new byte[0], authorization);
  }

  public PdsServer.Answer post(String method, String json, @Nullable String authorization) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return post(method, "application/json", body, authorization);
  }

  public PdsServer.Answer post(
      String method, String type, byte[] body, @Nullable String authorization) {
    return send("POST", method, "", type, body, authorization);
  }

  private PdsServer.Answer send(
      String verb,
      String method,
      String query,
      @Nullable String type,
      byte[] body,
      @Nullable String authorization) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("host", List.of("localhost"));
    headers.put("content-length", List.of(Integer.toString(body.length)));
    if (authorization != null) {
      headers.put("authorization", List.of(authorization));
    }
    if (type != null) {
      headers.put("content-type", List.of(type));
    }
    HttpResponse response =
        site.answer(
            new HttpRequest(
                verb,
                "/xrpc/" + method,
                query,
                headers,
                new ByteArrayInputStream(body),
                "192.0.2.1"));
    return new PdsServer.Answer(response.status(), response.headers(), content(response.body()));
  }

  private static byte[] content(HttpResponse.Body body) {
    return switch (body) {
      case HttpResponse.Body.Bytes(byte[] content) -> content;
      case HttpResponse.Body.Stream(var _, HttpResponse.Writer writer, var _) -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
          writer.writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        yield out.toByteArray();
      }
    };
  }
}
