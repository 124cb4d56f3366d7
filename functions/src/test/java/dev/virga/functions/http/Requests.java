package dev.virga.functions.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Builds requests for tests. */
public final class Requests {
  private final String method;
  private final String path;
  private final Map<String, List<String>> headers = new HashMap<>();
  private String query = "";
  private InputStream body = InputStream.nullInputStream();

  private Requests(String method, String path) {
    this.method = method;
    this.path = path;
  }

  public static Requests of(String method, String path) {
    return new Requests(method, path);
  }

  public static Requests get(String path) {
    return of("GET", path);
  }

  public static Requests post(String path) {
    return of("POST", path);
  }

  public Requests query(String raw) {
    query = raw;
    return this;
  }

  public Requests header(String name, String value) {
    headers.put(name.toLowerCase(Locale.ROOT), List.of(value));
    return this;
  }

  public Requests json(String text) {
    return body("application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  public Requests body(String type, byte[] content) {
    header("Content-Type", type);
    header("Content-Length", String.valueOf(content.length));
    body = new ByteArrayInputStream(content);
    return this;
  }

  public HttpRequest build() {
    return new HttpRequest(method, path, query, headers, body, "192.0.2.1");
  }
}
