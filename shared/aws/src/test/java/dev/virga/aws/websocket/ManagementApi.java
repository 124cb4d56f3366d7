package dev.virga.aws.websocket;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** API Gateway's management API and Lambda's Invoke, as far as we call them, over real HTTP. */
final class ManagementApi implements AutoCloseable {
  /** A call that came. */
  record Call(SignatureV4.Request request, String type) {
    String method() {
      return request.method();
    }

    String path() {
      return request.path();
    }

    String body() {
      return new String(request.body(), StandardCharsets.UTF_8);
    }
  }

  /** An answer that never comes. */
  static final int SILENCE = 0;

  final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private final Queue<Integer> statuses = new ArrayDeque<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  ManagementApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  /** What the next calls are answered with; after these all is well. */
  synchronized void next(Integer... answers) {
    statuses.addAll(List.of(answers));
  }

  private synchronized int status() {
    Integer status = statuses.poll();
    return status == null ? 200 : status;
  }

  private void answer(HttpExchange exchange) throws IOException {
    calls.add(
        new Call(
            new SignatureV4.Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestHeaders().entrySet().stream()
                    .collect(
                        Collectors.toMap(
                            Map.Entry::getKey, header -> String.join(",", header.getValue()))),
                exchange.getRequestBody().readAllBytes()),
            header(exchange, "X-Amz-Invocation-Type")));
    int status = status();
    if (status == SILENCE) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else {
      exchange.sendResponseHeaders(status, -1);
    }
    exchange.close();
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
