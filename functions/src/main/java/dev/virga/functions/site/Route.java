package dev.virga.functions.site;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import java.io.IOException;

/**
 * A path outside XRPC and who answers it, for {@link Site}.
 *
 * @param method GET also serves HEAD; with OPTIONS a route answers its own preflights
 * @param path exact, or ending with {@code *} for all that begin so
 */
public record Route(String method, String path, Page page) {
  /** Answers a request to a route. */
  @FunctionalInterface
  public interface Page {
    HttpResponse answer(HttpRequest request) throws IOException;
  }

  public static Route get(String path, Page page) {
    return new Route("GET", path, page);
  }

  public static Route post(String path, Page page) {
    return new Route("POST", path, page);
  }

  boolean hasPath(String asked) {
    return path.endsWith("*")
        ? asked.regionMatches(0, path, 0, path.length() - 1)
        : asked.equals(path);
  }

  boolean hasMethod(String asked) {
    return method.equals(asked) || (method.equals("GET") && asked.equals("HEAD"));
  }
}
