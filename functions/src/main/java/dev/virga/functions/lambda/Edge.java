package dev.virga.functions.lambda;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.RequestPath;
import dev.virga.functions.lambda.event.HttpEvent;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Turns events of the HTTP API into requests, and decides whom to believe about where they came
 * from.
 *
 * <p>Everybody can reach the API without the distribution in front of it, so only a request that
 * carries the edge's token is believed to have come through it. Of such a request the caller is the
 * last address in {@code X-Forwarded-For} before the edge's own, which CloudFront has put there
 * itself whatever the client sent, and the host is {@code X-Forwarded-Host}, which the
 * distribution's function overwrites with the name it was called by (the {@code Host} is the API's
 * own). Of any other, both are what API Gateway saw.
 */
final class Edge {
  private static final String TOKEN = "x-virga-edge";
  private static final String FORWARDED_FOR = "x-forwarded-for";
  private static final String FORWARDED_HOST = "x-forwarded-host";

  private final Optional<String> token;

  /**
   * @param token what the edge sends; empty where there is none
   */
  Edge(Optional<String> token) {
    this.token = token;
  }

  /** The request; empty if its path is malformed. */
  Optional<HttpRequest> request(HttpEvent event) {
    return RequestPath.decode(event.path())
        .map(
            path ->
                new HttpRequest(
                    event.method().toUpperCase(Locale.ROOT),
                    path,
                    event.rawQuery(),
                    headers(event),
                    new ByteArrayInputStream(event.body()),
                    caller(event)));
  }

  private Map<String, List<String>> headers(HttpEvent event) {
    Map<String, List<String>> headers = new HashMap<>();
    event.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    if (!event.cookies().isEmpty()) {
      headers.put("cookie", List.of(String.join("; ", event.cookies())));
    }
    if (event.body().length > 0) {
      headers.put("content-length", List.of(Integer.toString(event.body().length)));
    }
    String host = host(event);
    if (!host.isEmpty()) {
      headers.put("host", List.of(host));
    }
    headers.remove(TOKEN); // nobody behind us needs to know
    return headers;
  }

  private String host(HttpEvent event) {
    String forwarded = event.headers().getOrDefault(FORWARDED_HOST, "");
    return cameThrough(event) && !forwarded.isBlank()
        ? forwarded.strip()
        : event.headers().getOrDefault("host", event.domainName());
  }

  private String caller(HttpEvent event) {
    if (!cameThrough(event)) {
      return event.sourceIp();
    }
    String[] hops = event.headers().getOrDefault(FORWARDED_FOR, "").split(",", -1);
    int last = hops.length - 1;
    if (last > 0 && hops[last].strip().equals(event.sourceIp())) {
      last--; // API Gateway adds whom it saw: the edge
    }
    String caller = hops[last].strip();
    return caller.isEmpty() ? event.sourceIp() : caller;
  }

  private boolean cameThrough(HttpEvent event) {
    String given = event.headers().getOrDefault(TOKEN, "");
    return token.isPresent()
        && MessageDigest.isEqual(
            token.get().getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
