package dev.virga.aws.secrets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.aws.SignatureV4;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Collectors;

/** SSM as its calls see it, which says what it was told to say and notes what it was asked. */
final class SsmServer implements AutoCloseable {
  /** What it was asked. */
  record Call(String target, String type, Value.Obj input, SignatureV4.Request request) {}

  /** An answer; with the status 0 the connection ends without one. */
  private record Answer(int status, String body) {}

  final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private final Queue<Answer> answers = new ArrayDeque<>();
  private final HttpServer server;

  SsmServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  /** What it says next; after all that it says that there is nothing. */
  synchronized SsmServer then(int status, String body) {
    answers.add(new Answer(status, body));
    return this;
  }

  /** Next it takes what it was asked and ends the connection. */
  SsmServer thenSilence() {
    return then(0, "");
  }

  private synchronized Answer next() {
    Answer answer = answers.poll();
    return answer == null ? new Answer(200, "{\"Parameters\":[]}") : answer;
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, String> headers =
        exchange.getRequestHeaders().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> String.join(",", e.getValue())));
    calls.add(
        new Call(
            headers.getOrDefault("X-amz-target", ""),
            headers.getOrDefault("Content-type", ""),
            (Value.Obj) DataJson.parse(body),
            new SignatureV4.Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                headers,
                body)));
    Answer answer = next();
    if (answer.status() != 0) {
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
