package dev.virga.functions.site;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import java.util.Map;
import java.util.Optional;

/**
 * Lets pages of every origin call this server, a part of {@link Site}: nothing here trusts cookies.
 */
final class Cors {
  private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
  private static final String EXPOSE = "Access-Control-Expose-Headers";
  private static final String ASKED_HEADERS = "Access-Control-Request-Headers";

  private Cors() {}

  /** The answer to a preflight: whatever was asked for is allowed, for a day. */
  static HttpResponse preflight(HttpRequest request) {
    HttpResponse response =
        HttpResponse.empty()
            .withStatus(204)
            .withHeader(ALLOW_ORIGIN, "*")
            .withHeader("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
            .withHeader("Access-Control-Max-Age", "86400")
            .withHeader("Vary", ASKED_HEADERS);
    Optional<String> asked = request.header(ASKED_HEADERS);
    return asked.isPresent()
        ? response.withHeader("Access-Control-Allow-Headers", asked.get())
        : response;
  }

  /** The answer with the permission to read it, unless it has its own. */
  static HttpResponse open(HttpResponse response) {
    Map<String, String> headers = response.headers();
    if (headers.containsKey(ALLOW_ORIGIN)) {
      return response;
    }
    boolean limited = headers.containsKey("RateLimit-Limit") && !headers.containsKey(EXPOSE);
    HttpResponse open = response.withHeader(ALLOW_ORIGIN, "*");
    return limited
        ? open.withHeader(
            EXPOSE,
            "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy, Retry-After")
        : open;
  }
}
