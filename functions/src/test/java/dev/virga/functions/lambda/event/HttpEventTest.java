package dev.virga.functions.lambda.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpEventTest {
  private static HttpEvent read(String json) {
    return HttpEvent.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static HttpEvent minimal(String more) {
    return read(
        """
        {"version":"2.0","requestContext":{"http":{"method":"GET","sourceIp":"192.0.2.7"},
        "domainName":"api.test","stage":"$default"},"rawPath":"/a" %s}\
        """
            .formatted(more));
  }

  @Test
  void readsWhatARequestIsMadeOf() {
    HttpEvent event =
        minimal(
            """
            ,"rawQueryString":"x=1&x=2","headers":{"Content-Type":"text/plain","n":null},
            "cookies":["a=1","b=2"],"body":"hé","isBase64Encoded":false,
            "queryStringParameters":{"x":"1,2"},"routeKey":"ANY /a"
            """);
    assertThat(event.method()).isEqualTo("GET");
    assertThat(event.rawQuery()).isEqualTo("x=1&x=2");
    assertThat(event.headers()).containsEntry("content-type", "text/plain").containsEntry("n", "");
    assertThat(event.cookies()).containsExactly("a=1", "b=2");
    assertThat(event.body()).isEqualTo("hé".getBytes(StandardCharsets.UTF_8));
    assertThat(event.sourceIp()).isEqualTo("192.0.2.7");
    assertThat(event.domainName()).isEqualTo("api.test");
  }

  @Test
  void readsABodyInBase64WhereverTheFlagStands() {
    assertThat(minimal(",\"body\":\"AAH/\",\"isBase64Encoded\":true").body())
        .containsExactly(0, 1, -1);
    assertThat(minimal(",\"isBase64Encoded\":true,\"body\":\"AAH/\"").body())
        .containsExactly(0, 1, -1);
  }

  @Test
  void hasNoBodyWhereThereIsNone() {
    assertThat(minimal("").body()).isEmpty();
    assertThat(minimal(",\"body\":null").body()).isEmpty();
  }

  @Test
  void takesTheNamedStageOffThePath() {
    assertThat(path("prod", "/prod/xrpc/_health")).isEqualTo("/xrpc/_health");
    assertThat(path("prod", "/prod")).isEqualTo("/");
    assertThat(path("prod", "/production")).isEqualTo("/production");
    assertThat(path("$default", "/$default/x")).isEqualTo("/$default/x");
    assertThat(path("", "/x")).isEqualTo("/x");
  }

  private static String path(String stage, String rawPath) {
    return read("""
    {"version":"2.0","requestContext":{"http":{"method":"GET"},"stage":"%s"},
    "rawPath":"%s"}\
    """
            .formatted(stage, rawPath))
        .path();
  }

  @Test
  void refusesEventsOfAnotherKind() {
    for (String json :
        new String[] {
          "", "[]", "{}", "{\"version\":\"1.0\",\"httpMethod\":\"GET\"}", "{\"Records\":[]}", "{"
        }) {
      assertThatThrownBy(() -> read(json))
          .as(json)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the event is");
    }
  }
}
