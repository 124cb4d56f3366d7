package dev.virga.functions.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * API Gateway's management of WebSocket connections, and Lambda's Invoke: notes what a caller needs
 * to be granted in {@link RecordedCalls}, as IAM names it. For tests.
 */
final class FakeGateway implements AutoCloseable {
  private static final Pattern CONNECTION = Pattern.compile("/live/@connections/([^/]+)");
  private static final Pattern FUNCTION =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");

  private final HttpServer server;
  private final List<String> messages = new CopyOnWriteArrayList<>();
  private volatile int status = 200;

  FakeGateway() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What messages are answered with from now on. */
  void answer(int next) {
    status = next;
  }

  /** The messages that were taken until now, each after its connection's id. */
  List<String> messages() {
    return messages;
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String path = exchange.getRequestURI().getRawPath();
    Matcher connection = CONNECTION.matcher(path);
    Matcher function = FUNCTION.matcher(path);
    int answer = 404;
    if (connection.matches()) {
      String method = exchange.getRequestMethod();
      RecordedCalls.add(
          new RecordedCalls.Use("execute-api:ManageConnections", "connections/" + method));
      answer = method.equals("POST") ? status : 204;
      if (answer == 200) {
        messages.add(URLDecoder.decode(connection.group(1), StandardCharsets.UTF_8) + " " + body);
      }
    } else if (function.matches()) {
      RecordedCalls.add(
          new RecordedCalls.Use(
              "lambda:InvokeFunction",
              URLDecoder.decode(function.group(1), StandardCharsets.UTF_8)));
      answer = 202;
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
