package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.lambda.event.HttpEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EdgeTest {
  private static final String EDGE = "130.176.0.1";
  private static final String VIEWER = "203.0.113.9";

  private final Edge edge = new Edge(Optional.of("the-token"));

  private static HttpEvent event(Map<String, String> headers) {
    return new HttpEvent(
        "get",
        "/xrpc/_health",
        "a=1&a=2",
        headers,
        List.of(),
        new byte[0],
        "api.test",
        EDGE,
        "$default");
  }

  private HttpRequest request(String... headers) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      map.put(headers[i], headers[i + 1]);
    }
    return edge.request(event(map)).orElseThrow();
  }

  @Test
  void whoCameThroughTheEdgeIsWhomTheEdgeSaw() {
    HttpRequest request =
        request("x-virga-edge", "the-token", "x-forwarded-for", VIEWER + ", " + EDGE);
    assertThat(request.remoteAddress()).isEqualTo(VIEWER);
  }

  @Test
  void whatTheClientItselfPutInFrontIsNotBelieved() {
    HttpRequest request =
        request(
            "x-virga-edge", "the-token", "x-forwarded-for", "10.0.0.1, " + VIEWER + ", " + EDGE);
    assertThat(request.remoteAddress()).isEqualTo(VIEWER);
  }

  @Test
  void theViewerIsFoundWhetherOrNotTheApiAddsTheEdge() {
    HttpRequest request =
        request("x-virga-edge", "the-token", "x-forwarded-for", "10.0.0.1," + VIEWER);
    assertThat(request.remoteAddress()).isEqualTo(VIEWER);
  }

  @Test
  void withoutTheTokenTheCallerIsWhomTheApiSaw() {
    assertThat(request("x-forwarded-for", VIEWER).remoteAddress()).isEqualTo(EDGE);
    assertThat(request("x-virga-edge", "guess", "x-forwarded-for", VIEWER).remoteAddress())
        .isEqualTo(EDGE);
    assertThat(
            new Edge(Optional.empty())
                .request(event(Map.of("x-virga-edge", "", "x-forwarded-for", VIEWER)))
                .orElseThrow()
                .remoteAddress())
        .isEqualTo(EDGE);
  }

  @Test
  void anEdgeThatForwardsNobodyIsTheCallerItself() {
    assertThat(request("x-virga-edge", "the-token").remoteAddress()).isEqualTo(EDGE);
  }

  @Test
  void theHostIsTheOneTheEdgeWasCalledBy() {
    String host = "alice.pds.test";
    assertThat(request("x-virga-edge", "the-token", "x-forwarded-host", host).host())
        .isEqualTo(host);
    assertThat(request("x-forwarded-host", host).host()).isEqualTo("api.test");
    assertThat(request("host", "other.test", "x-forwarded-host", host).host())
        .isEqualTo("other.test");
  }

  @Test
  void theTokenGoesNoFurther() {
    assertThat(request("x-virga-edge", "the-token").header("x-virga-edge")).isEmpty();
  }

  @Test
  void theMethodIsInUpperCaseAndTheQueryAsSent() {
    assertThat(request().method()).isEqualTo("GET");
    assertThat(request().rawQuery()).isEqualTo("a=1&a=2");
  }
}
