package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** A call of a function behind the HTTP API, and its answer, for tests. */
final class Call {
  private final String method;
  private final String path;
  private String query = "";
  private final Map<String, String> headers = new TreeMap<>();
  private byte[] body = new byte[0];

  private Call(String method, String path) {
    this.method = method;
    this.path = path;
  }

  static Call get(String nsid, String query) {
    Call call = new Call("GET", "/xrpc/" + nsid);
    call.query = query;
    return call;
  }

  static Call of(String method, String path) {
    return new Call(method, path);
  }

  static Call post(String nsid, String json) {
    return new Call("POST", "/xrpc/" + nsid)
        .body("application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  Call header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Call bearer(String token) {
    return header("authorization", "Bearer " + token);
  }

  Call body(String type, byte[] content) {
    header("content-type", type);
    header("content-length", Integer.toString(content.length));
    body = content;
    return this;
  }

  /** As the function's own JSON. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, Map<String, String> headers, byte[] body, boolean base64, int bytes) {
    Value.Obj json() {
      return (Value.Obj) DataJson.parse(body);
    }

    String text(String name) {
      return json().text(name).orElseThrow(() -> new AssertionError(name + " not in " + json()));
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  Answer to(RequestStreamHandler function) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    function.handleRequest(
        new ByteArrayInputStream(event().getBytes(StandardCharsets.UTF_8)), out, new FakeContext());
    return answer(out.toByteArray());
  }

  static Answer answer(byte[] encoded) {
    Value.Obj json = (Value.Obj) DataJson.parse(encoded);
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    ((Value.Obj) json.get("headers").orElseThrow())
        .entries()
        .forEach((name, value) -> headers.put(name, ((Value.Text) value).value()));
    boolean base64 = ((Value.Bool) json.get("isBase64Encoded").orElseThrow()).value();
    String body = json.text("body").orElseThrow();
    return new Answer(
        Math.toIntExact(((Value.Int) json.get("statusCode").orElseThrow()).value()),
        headers,
        base64 ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8),
        base64,
        encoded.length);
  }

  private String event() {
    StringBuilder lines = new StringBuilder();
    headers.forEach(
        (name, value) ->
            lines
                .append(lines.isEmpty() ? "" : ",")
                .append('"')
                .append(name)
                .append("\":\"")
                .append(value)
                .append('"'));
    return """
    {"version":"2.0","routeKey":"$default","rawPath":"%s","rawQueryString":"%s",
    "headers":{%s},"requestContext":{"domainName":"api.example.com","stage":"$default",
    "http":{"method":"%s","path":"%s","sourceIp":"192.0.2.1"}},
    "body":"%s","isBase64Encoded":true}\
    """
        .formatted(path, query, lines, method, path, Base64.getEncoder().encodeToString(body));
  }
}
