package dev.virga.functions.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** SSM's parameters, a place where CloudFormation waits for answers, and Lambda, for tests. */
final class FakeParameters implements AutoCloseable {
  /** A page, so that reading takes more than one. */
  private static final int PAGE = 3;

  private final HttpServer server;
  private final Map<String, String> parameters = new ConcurrentSkipListMap<>();
  private final List<String> responses = new CopyOnWriteArrayList<>();
  private final AtomicInteger invocations = new AtomicInteger();
  private volatile boolean failing;

  FakeParameters() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Map<String, String> parameters() {
    return parameters;
  }

  List<String> responses() {
    return responses;
  }

  /** How often a function was to be called. */
  int invocations() {
    return invocations.get();
  }

  /** From now on nobody is allowed anything. */
  void fail() {
    failing = true;
  }

  private void serve(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status = 200;
    String answer = "";
    if (exchange.getRequestURI().getPath().endsWith("/invocations")) {
      invocations.incrementAndGet();
      status = 202;
    } else if (exchange.getRequestMethod().equals("PUT")) {
      responses.add(body);
      status = exchange.getRequestHeaders().containsKey("Content-Type") ? 403 : 200;
    } else {
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      String signature = exchange.getRequestHeaders().getFirst("Authorization");
      if (failing || !signature.startsWith("AWS4-HMAC-SHA256 ")) {
        status = 400;
        answer = "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}";
      } else {
        Value.Obj input = (Value.Obj) DataJson.parse(body.getBytes(StandardCharsets.UTF_8));
        answer = target.endsWith("PutParameter") ? put(input) : read(input);
        status = answer.contains("AlreadyExists") ? 400 : 200;
      }
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String put(Value.Obj input) {
    boolean secure = input.text("Type").orElse("").equals("SecureString");
    String name = input.text("Name").orElseThrow();
    if (!secure || parameters.putIfAbsent(name, input.text("Value").orElseThrow()) != null) {
      return "{\"__type\":\"ParameterAlreadyExists\",\"message\":\"there is one\"}";
    }
    return "{\"Version\":1}";
  }

  private String read(Value.Obj input) {
    String path = input.text("Path").orElseThrow() + "/";
    String after = input.text("NextToken").orElse("");
    List<String> page = new ArrayList<>();
    String last = "";
    for (Map.Entry<String, String> each : parameters.entrySet()) {
      if (each.getKey().startsWith(path) && each.getKey().compareTo(after) > 0) {
        if (page.size() == PAGE) {
          return "{\"Parameters\":[%s],\"NextToken\":\"%s\"}"
              .formatted(String.join(",", page), last);
        }
        last = each.getKey();
        page.add("{\"Name\":\"%s\",\"Value\":\"%s\"}".formatted(each.getKey(), each.getValue()));
      }
    }
    return "{\"Parameters\":[%s]}".formatted(String.join(",", page));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
