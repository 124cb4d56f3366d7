package dev.virga.functions.xrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.Requests;
import dev.virga.pds.FakeClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.config.Secret;
import dev.virga.pds.limit.Counters;
import dev.virga.pds.store.MemoryIndex;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CountingLimiterTest {
  private static final Did ALICE = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final Did BOB = Did.parse("did:plc:bbbbbbbbbbbbbbbbbbbbbbbb");
  private static final String HERE = "192.0.2.1";
  private static final String THERE = "198.51.100.7";
  private static final String LOGIN = "com.atproto.server.createSession";
  private static final String LOGIN_BODY = "{\"identifier\":\"%s\",\"password\":\"x\"}";

  private final FakeClock clock = new FakeClock();
  private final Counters counters = new Counters(new MemoryIndex(), clock, Runnable::run);
  private RateLimiter limiter =
      limiter(new PdsConfig.RateLimits(true, Optional.empty(), List.of()));

  private RateLimiter limiter(PdsConfig.RateLimits config) {
    return new CountingLimiter(counters, clock, config);
  }

  /** A caller of a method, again and again. */
  private record Caller(String method, String address, Did account, String body) {
    static Caller of(String method) {
      return new Caller(method, HERE, ALICE, "{}");
    }

    Caller from(String other) {
      return new Caller(method, other, account, body);
    }

    Caller as(Did other) {
      return new Caller(method, address, other, body);
    }

    Caller saying(String json) {
      return new Caller(method, address, account, json);
    }

    HttpRequest http() {
      return new HttpRequest(
          "POST", "/xrpc/" + method, "", Map.of(), InputStream.nullInputStream(), address);
    }

    XrpcRequest request() {
      Value.Obj input = (Value.Obj) DataJson.parse(body.getBytes(StandardCharsets.UTF_8));
      return new XrpcRequest(
          new Value.Obj(Map.of()),
          input,
          InputStream.nullInputStream(),
          new Credentials.Session(account, SessionScope.ACCESS),
          http());
    }
  }

  /** The headers of one more call, which passes. */
  private Map<String, String> call(Caller caller) {
    RateLimiter.Visit visit = limiter.arrive(Nsid.parse(caller.method), caller.http());
    visit.admit(Endpoint.of(caller.method, Access.open()), caller.request());
    return visit.headers();
  }

  private int passing(Caller caller, int most) {
    for (int i = 0; i < most; i++) {
      try {
        Map<String, String> _ = call(caller);
      } catch (XrpcException e) {
        assertThat(e.status()).isEqualTo(429);
        assertThat(e.error()).isEqualTo("RateLimitExceeded");
        return i;
      }
    }
    return most;
  }

  @ParameterizedTest
  @CsvSource({
    "com.atproto.server.describeServer,3000,300",
    "com.atproto.sync.getRepo,6000,300",
    "com.atproto.server.createAccount,100,300",
    "com.atproto.server.deleteAccount,50,300",
    "com.atproto.server.resetPassword,50,300",
    "com.atproto.server.requestPasswordReset,15,3600",
    "com.atproto.server.requestAccountDelete,5,3600",
    "com.atproto.server.requestEmailConfirmation,5,3600",
    "com.atproto.server.requestEmailUpdate,5,3600",
    "com.atproto.identity.updateHandle,10,300",
    "com.atproto.repo.uploadBlob,1000,86400",
    "com.atproto.repo.createRecord,1666,3600",
    "com.atproto.repo.putRecord,2500,3600",
  })
  void aMethodPassesSoOftenPerWindow(String method, int times, int seconds) {
    Caller caller = Caller.of(method);
    assertThat(passing(caller, times + 1)).isEqualTo(times);
    clock.advance(Duration.ofSeconds(seconds));
    assertThat(passing(caller, 1)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "com.atproto.server.requestPasswordReset,50,3600",
    "com.atproto.server.requestAccountDelete,15,3600",
    "com.atproto.server.requestEmailConfirmation,15,3600",
    "com.atproto.server.requestEmailUpdate,15,3600",
    "com.atproto.identity.updateHandle,50,300",
    "com.atproto.server.createSession,300,300",
  })
  void aMethodPassesSoOftenPerDayHoweverItIsSpread(String method, int times, int seconds) {
    clock.advance(Duration.ofHours(12)); // the day begins
    Caller caller = Caller.of(method).saying(LOGIN_BODY.formatted("alice.test"));
    int passed = 0;
    for (int window = 0; window < 23; window++) {
      passed += passing(caller, times);
      clock.advance(Duration.ofSeconds(seconds));
    }
    assertThat(passed).isEqualTo(times);
    clock.advance(Duration.ofDays(1));
    assertThat(passing(caller, 1)).isEqualTo(1);
  }

  @Test
  void aDayHasFewerWritesThanItsHours() {
    clock.advance(Duration.ofHours(12));
    Caller caller = Caller.of("com.atproto.repo.applyWrites").saying(batch("create", 200));
    int passed = 0;
    for (int hour = 0; hour < 10; hour++) {
      passed += passing(caller, 10);
      clock.advance(Duration.ofHours(1));
    }
    assertThat(passed).isEqualTo(35_000 / 600);
  }

  @Test
  void deletionsCostLeast() {
    Caller caller = Caller.of("com.atproto.repo.deleteRecord");
    assertThat(passing(caller, 3000)).isEqualTo(3000); // then it is the address's turn to wait
    assertThat(passing(caller.from(THERE), 3000)).isEqualTo(2000);
  }

  private static String batch(String action, int writes) {
    String one = "{\"$type\":\"com.atproto.repo.applyWrites#%s\"}".formatted(action);
    return "{\"writes\":[" + String.join(",", Collections.nCopies(writes, one)) + "]}";
  }

  @ParameterizedTest
  @CsvSource({"create,3", "update,2", "delete,1", "other,0"})
  void aBatchCostsTheSumOfItsWrites(String action, int points) {
    Caller caller = Caller.of("com.atproto.repo.applyWrites").saying(batch(action, 200));
    long remaining =
        Long.parseLong(call(caller.saying(batch("delete", 4_000))).get("RateLimit-Remaining"));
    assertThat(remaining).isEqualTo(1000);
    assertThat(call(caller).get("RateLimit-Remaining")).isEqualTo("" + (1000 - 200 * points));
  }

  @Test
  void writesOfAllKindsAreCountedTogetherByAccount() {
    Caller creating = Caller.of("com.atproto.repo.createRecord");
    assertThat(passing(creating, 1666)).isEqualTo(1666);
    assertThat(passing(Caller.of("com.atproto.repo.putRecord"), 5)).isEqualTo(1);
    assertThat(passing(Caller.of("com.atproto.repo.deleteRecord").from(THERE), 5)).isZero();
    assertThat(passing(creating.as(BOB), 5)).isEqualTo(5);
  }

  @Test
  void signInsAreCountedByWhomAndFromWhere() {
    Caller caller = Caller.of(LOGIN).saying(LOGIN_BODY.formatted("alice.test"));
    assertThat(passing(caller, 40)).isEqualTo(30);
    assertThat(passing(caller.from(THERE), 40)).isEqualTo(30);
    assertThat(passing(caller.saying(LOGIN_BODY.formatted("bob.test")), 40)).isEqualTo(30);
    assertThat(passing(caller.saying(LOGIN_BODY.formatted(" ALICE.Test")), 40)).isZero();
  }

  @Test
  void anAddressOfIpv6CountsWithItsNetwork() {
    Caller caller = Caller.of("com.atproto.server.createAccount");
    assertThat(passing(caller.from("2001:db8:1:2::1"), 100)).isEqualTo(100);
    assertThat(passing(caller.from("2001:db8:1:2:ffff::9"), 1)).isZero();
    assertThat(passing(caller.from("2001:db8:1:3::1"), 1)).isEqualTo(1);
    assertThat(passing(caller.from("::ffff:192.0.2.1"), 100)).isEqualTo(100);
    assertThat(passing(caller.from("192.0.2.1"), 1)).isZero();
  }

  @Test
  void anUnknownKindOfAddressIsCountedAsItIs() {
    Caller caller = Caller.of("com.atproto.server.createAccount").from("unix:" + "x".repeat(5000));
    assertThat(passing(caller, 101)).isEqualTo(100);
  }

  @Test
  void gettingARepositoryDoesNotCountWithTheRest() {
    assertThat(passing(Caller.of("com.atproto.server.describeServer"), 3001)).isEqualTo(3000);
    assertThat(passing(Caller.of("com.atproto.sync.getRepo"), 1)).isEqualTo(1);
  }

  @Test
  void headersTellOfTheTightestLimit() {
    assertThat(call(Caller.of("com.atproto.server.describeServer")))
        .isEqualTo(
            Map.of(
                "RateLimit-Limit", "3000",
                "RateLimit-Remaining", "2999",
                "RateLimit-Reset", "" + clock.instant().plusSeconds(300).getEpochSecond(),
                "RateLimit-Policy", "3000;w=300"));
    assertThat(call(Caller.of("com.atproto.server.requestEmailUpdate")))
        .containsEntry("RateLimit-Policy", "5;w=3600")
        .containsEntry("RateLimit-Remaining", "4");
  }

  @Test
  void aRefusalSaysWhenToComeBack() {
    Caller caller = Caller.of("com.atproto.identity.updateHandle");
    assertThat(passing(caller, 11)).isEqualTo(10);
    clock.advance(Duration.ofSeconds(100));
    XrpcException refusal = catchThrowableOfType(XrpcException.class, () -> call(caller));
    assertThat(refusal).hasMessage("Rate Limit Exceeded");
    assertThat(refusal.headers())
        .containsEntry("Retry-After", "200")
        .containsEntry("RateLimit-Remaining", "0")
        .containsEntry("RateLimit-Policy", "10;w=300");
  }

  @Test
  void whoKnowsTheKeyIsNotCounted() {
    limiter = limiter(new PdsConfig.RateLimits(true, Optional.of(Secret.of("key")), List.of()));
    Nsid method = Nsid.parse("com.atproto.server.createAccount");
    Requests knowing = Requests.post("/xrpc/" + method).header("X-RateLimit-Bypass", "key");
    assertThat(limiter.arrive(method, knowing.build())).isSameAs(RateLimiter.Visit.FREE);
    Requests guessing = Requests.post("/xrpc/" + method).header("X-RateLimit-Bypass", "Key");
    assertThat(limiter.arrive(method, guessing.build())).isNotSameAs(RateLimiter.Visit.FREE);
  }

  @Test
  void withoutAKeyNoHeaderHelps() {
    Nsid method = Nsid.parse("com.atproto.server.createAccount");
    for (String guess : List.of("", "null", "key")) {
      HttpRequest request =
          Requests.post("/xrpc/" + method).header("x-ratelimit-bypass", guess).build();
      assertThat(limiter.arrive(method, request)).isNotSameAs(RateLimiter.Visit.FREE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:DB8:0::1"})
  void someAddressesAreNotCounted(String address) {
    limiter =
        limiter(
            new PdsConfig.RateLimits(
                true,
                Optional.empty(),
                List.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1"))));
    Caller caller = Caller.of("com.atproto.server.createAccount");
    assertThat(passing(caller.from(address), 101)).isEqualTo(101);
    assertThat(passing(caller.from("2001:db8::2"), 101)).isEqualTo(100);
  }
}
