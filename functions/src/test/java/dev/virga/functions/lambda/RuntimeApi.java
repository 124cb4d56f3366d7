package dev.virga.functions.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's Runtime API on this machine, and a function that runs behind it in a process of its own:
 * the packaged archive under the real runtime interface client. For tests and measurements.
 *
 * <p>Source: Lambda, "Using the Lambda runtime API for custom runtimes".
 */
final class RuntimeApi implements AutoCloseable {
  private static final String BASE = "/2018-06-01/runtime";
  private static final long PATIENCE_SECONDS = 60;

  /** What came of a call. */
  @SuppressWarnings("ArrayRecordComponent")
  record Outcome(String kind, byte[] body, long nanos) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private final HttpServer server;
  private final LinkedBlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private final CountDownLatch restore = new CountDownLatch(1);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Process process;
  private volatile long sent;

  private RuntimeApi(String handler, Map<String, String> environment, List<String> options)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(BASE, this::serve);
    server.start();
    process = start(handler, environment, options);
  }

  /**
   * Starts a function.
   *
   * @param function the name of its class, without the package
   * @param options of the JVM
   */
  static RuntimeApi start(String function, Map<String, String> environment, String... options)
      throws IOException {
    return new RuntimeApi(
        "dev.virga.functions.lambda." + function, environment, Arrays.asList(options));
  }

  /** The directory that the archive unpacks to. */
  static Path task() {
    return Path.of(System.getProperty("virga.root"), "functions", "target", "lambda", "task");
  }

  private Process start(String handler, Map<String, String> environment, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", runtime()));
    command.addAll(List.of("com.amazonaws.services.lambda.runtime.api.client.AWSLambda", handler));
    ProcessBuilder builder = new ProcessBuilder(command).directory(task().toFile());
    builder.environment().putAll(environment);
    builder
        .environment()
        .put("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + server.getAddress().getPort());
    builder.environment().put("LAMBDA_TASK_ROOT", task().toString());
    builder.environment().put("_HANDLER", handler);
    builder.redirectErrorStream(true).redirectOutput(log().toFile());
    return builder.start();
  }

  private Path log() throws IOException {
    return Files.createDirectories(task().resolveSibling("logs"))
        .resolve("function-" + server.getAddress().getPort() + ".log");
  }

  /** What Lambda has of its own: the runtime client and what that needs. */
  private static String runtime() {
    String here = System.getProperty("java.class.path");
    String jars = System.getProperty("surefire.test.class.path", here);
    return Arrays.stream(jars.split(File.pathSeparator, -1))
        .filter(
            jar ->
                jar.matches(
                    ".*(aws-lambda-java-(core|runtime|serialization)|utils-lite)[^/]*\\.jar"))
        .reduce((left, right) -> left + File.pathSeparator + right)
        .orElseThrow(() -> new IllegalStateException("no runtime client in " + jars));
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(BASE.length());
    byte[] body = exchange.getRequestBody().readAllBytes();
    try (exchange) {
      if (path.equals("/invocation/next")) {
        ready.countDown();
        next(exchange);
      } else if (path.equals("/restore/next")) {
        ready.countDown();
        restore.await();
        exchange.sendResponseHeaders(200, -1);
      } else {
        String kind = path.substring(path.lastIndexOf('/') + 1);
        outcomes.add(new Outcome(kind, body, System.nanoTime() - sent));
        exchange.sendResponseHeaders(202, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] event = events.take();
    exchange.getResponseHeaders().add("Lambda-Runtime-Aws-Request-Id", "request-" + sent);
    exchange
        .getResponseHeaders()
        .add("Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + 900_000));
    exchange
        .getResponseHeaders()
        .add(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:us-east-1:123456789012:function:sample");
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, event.length);
    exchange.getResponseBody().write(event);
  }

  /** Waits until the function asks for its first event, or for its restore. */
  void awaitReady() throws InterruptedException, IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!ready.await(10, TimeUnit.MILLISECONDS)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the function does not start: " + Files.readString(log()));
      }
    }
  }

  /** Wakes a function that waits in a snapshot. */
  void restore() {
    restore.countDown();
  }

  /** One call, to the end. */
  Outcome call(byte[] event) throws InterruptedException, IOException {
    awaitReady();
    sent = System.nanoTime();
    events.add(event);
    Outcome outcome = outcomes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (outcome == null) {
      throw new IllegalStateException("no answer: " + Files.readString(log()));
    }
    return outcome;
  }

  /**
   * Ends the function as Lambda does when it is not needed any more, and waits until it is gone.
   */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the function does not end");
    }
  }

  String output() throws IOException {
    return Files.readString(log());
  }

  @Override
  public void close() {
    process.destroyForcibly();
    restore.countDown();
    server.stop(0);
  }
}
