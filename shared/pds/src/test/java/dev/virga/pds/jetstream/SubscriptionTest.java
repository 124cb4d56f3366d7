package dev.virga.pds.jetstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.XrpcException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTest {
  private static Subscription parse(Map<String, List<String>> query) {
    return Subscription.parse(query, Optional.empty());
  }

  private static Subscription from(String cursor) {
    return parse(Map.of("cursor", List.of(cursor)));
  }

  @Test
  void asksForEverythingLiveByDefault() {
    assertThat(parse(Map.of()))
        .isEqualTo(new Subscription(Filter.ALL, OptionalLong.empty(), false));
    assertThat(parse(Map.of()).start(77)).isEqualTo(77);
  }

  @Test
  void readsRepeatedParameters() {
    Subscription subscription =
        parse(
            Map.of(
                "wantedCollections", List.of("app.bsky.feed.post", "app.bsky.graph.*"),
                "wantedDids", List.of("did:web:a.example", "did:web:b.example"),
                "maxMessageSizeBytes", List.of("1000"),
                "requireHello", List.of("true"),
                "unknown", List.of("x")));
    assertThat(subscription.filter())
        .isEqualTo(
            Filter.of(
                List.of("app.bsky.feed.post", "app.bsky.graph.*"),
                List.of("did:web:a.example", "did:web:b.example"),
                1_000));
    assertThat(subscription.awaitsHello()).isTrue();
  }

  @Test
  void aCursorIncludesItsOwnEvent() {
    assertThat(from("50").start(77)).isEqualTo(49);
    assertThat(from("77").start(77)).isEqualTo(76);
    assertThat(from("0").start(77)).isZero();
  }

  @Test
  void aCursorOfTheFutureMeansLive() {
    assertThat(from("78").start(77)).isEqualTo(77);
    assertThat(from("9223372036854775807").start(77)).isEqualTo(77);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "yesterday", "9223372036854775808"})
  void badCursorsAreRefusedByName(String cursor) {
    assertThatThrownBy(() -> from(cursor))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("cursor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-5", "many", "99999999999999999999"})
  void aMostBytesThatIsNoNumberMeansNoLimit(String text) {
    assertThat(parse(Map.of("maxMessageSizeBytes", List.of(text))).filter()).isEqualTo(Filter.ALL);
  }

  @Test
  void whoAsksForCompressionIsTold() {
    assertThatThrownBy(() -> parse(Map.of("compress", List.of("true"))))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("compress");
    assertThatThrownBy(() -> Subscription.parse(Map.of(), Optional.of("zstd, gzip")))
        .isInstanceOf(XrpcException.class);
    assertThat(parse(Map.of("compress", List.of("false"))).filter()).isEqualTo(Filter.ALL);
  }

  @Test
  void onlyTrueRequiresAHello() {
    assertThat(parse(Map.of("requireHello", List.of("1"))).awaitsHello()).isFalse();
  }
}
