package dev.virga.functions.lambda;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Parameter Store that has nothing and takes everything; also what takes in answers of custom
 * resources. For tests.
 */
final class FakeSsm implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("\"(?:Name|Path)\"\\s*:\\s*\"([^\"]*)\"");

  private final HttpServer server;

  FakeSsm() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
          Matcher name = NAME.matcher(body);
          if (target != null && name.find()) {
            String action = target.replace("AmazonSSM.", "ssm:");
            RecordedCalls.add(new RecordedCalls.Use(action, "parameter" + name.group(1)));
          }
          byte[] answer =
              ("AmazonSSM.PutParameter".equals(target) ? "{\"Version\":1}" : "{\"Parameters\":[]}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
