package dev.virga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.host.Host;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;

/** Speaks XRPC to a host, as somebody. */
record Client(HttpClient http, Host host, String authorization) {

  static Client of(HttpClient http, Host host) {
    return new Client(http, host, "");
  }

  Client as(String token) {
    return new Client(http, host, "Bearer " + token);
  }

  Client asAdmin(String password) {
    String credentials = "admin:" + password;
    return new Client(
        http, host, "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
  }

  int port() {
    return host.config().service().port();
  }

  /** What a GET of a path is answered; an answer that breaks off is an {@link IOException}. */
  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  /** The answer of a procedure that must succeed. */
  Value.Obj call(String method, String json) throws IOException, InterruptedException {
    return call(method, "application/json", json.getBytes(UTF_8));
  }

  Value.Obj call(String method, String type, byte[] body) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        send(
            request("/xrpc/" + method)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    if (answer.statusCode() != 200) {
      throw new IOException(
          method + " answered " + answer.statusCode() + " " + new String(answer.body(), UTF_8));
    }
    return answer.body().length > 0 && DataJson.parse(answer.body()) instanceof Value.Obj json
        ? json
        : Value.Obj.EMPTY;
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
    return authorization.isEmpty() ? request : request.header("Authorization", authorization);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
