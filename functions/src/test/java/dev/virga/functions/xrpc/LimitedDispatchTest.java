package dev.virga.functions.xrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.http.Requests;
import dev.virga.pds.FakeClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.limit.Counters;
import dev.virga.pds.store.MemoryIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The dispatcher and the limits together. */
final class LimitedDispatchTest {
  private static final String LOGIN = "/xrpc/com.atproto.server.createSession";

  private final FakeClock clock = new FakeClock();
  private final List<XrpcRequest> seen = new ArrayList<>();
  private final XrpcDispatcher dispatcher =
      new FakeMethods(
              request -> {
                if (request.http().method().equals("GET")) {
                  return HttpResponse.empty();
                }
                throw XrpcException.unauthorized("AuthenticationRequired", "no");
              },
              seen)
          .dispatcher(
              new CountingLimiter(
                  new Counters(new MemoryIndex(), clock, Runnable::run),
                  clock,
                  new PdsConfig.RateLimits(true, Optional.empty(), List.of())));

  private static HttpRequest login() {
    return Requests.post(LOGIN).json("{\"identifier\":\"a\",\"password\":\"b\"}").build();
  }

  @Test
  void answersSayWhatIsLeft() {
    String query = "repo=alice.test&collection=app.bsky.feed.post";
    HttpRequest list = Requests.get("/xrpc/com.atproto.repo.listRecords").query(query).build();
    assertThat(dispatcher.dispatch(list).headers()).containsEntry("RateLimit-Remaining", "2999");
    assertThat(dispatcher.dispatch(list).headers()).containsEntry("RateLimit-Remaining", "2998");
  }

  @Test
  void failuresCountAndCarryTheHeadersToo() {
    HttpResponse response = dispatcher.dispatch(login());
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.headers()).containsEntry("RateLimit-Remaining", "29");
  }

  @Test
  void whatIsTooMuchDoesNotReachTheHandler() {
    for (int i = 0; i < 30; i++) {
      assertThat(dispatcher.dispatch(login()).status()).isEqualTo(401);
    }
    HttpResponse response = dispatcher.dispatch(login());
    assertThat(response.status()).isEqualTo(429);
    assertThat(response.headers())
        .containsEntry("RateLimit-Remaining", "0")
        .containsEntry("RateLimit-Policy", "30;w=300")
        .containsEntry("Retry-After", "300");
    assertThat(seen).hasSize(30);
  }

  @Test
  void whatIsNoneOfOurMethodsCountsForTheAddress() {
    for (int i = 0; i < 3000; i++) {
      HttpRequest request = Requests.get("/xrpc/com.example.any.thing").build();
      assertThat(dispatcher.dispatch(request).status()).isEqualTo(401);
    }
    HttpRequest broken = Requests.post(LOGIN).json("{").build();
    assertThat(dispatcher.dispatch(broken).status()).isEqualTo(429);
  }
}
