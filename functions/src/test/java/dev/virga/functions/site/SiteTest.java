package dev.virga.functions.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.http.Requests;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.pds.config.PdsConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SiteTest {
  private static final Did ALICE = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");

  private final Site site = site("pds.example.com");

  private static Site site(String hostname) {
    Map<String, String> env = new HashMap<>();
    env.put("PDS_HOSTNAME", hostname);
    env.put(PdsConfig.JWT_SECRET, "jwt");
    env.put(PdsConfig.ADMIN_PASSWORD, "admin");
    env.put(PdsConfig.ROTATION_KEY, "11".repeat(32));
    env.put(PdsConfig.KEY_SEALING_SECRET, "11".repeat(32));
    env.put(PdsConfig.DPOP_SECRET, "11".repeat(32));
    XrpcDispatcher xrpc =
        new XrpcDispatcher(
            List.of(),
            Lexicons.bundled(),
            (access, method, request) -> {
              throw new AssertionError();
            },
            RateLimiter.NONE,
            (method, request) -> HttpResponse.text(200, "proxied " + method.text()));
    HandleLookup handles =
        handle ->
            handle.equals(Handle.parse("alice.pds.example.com"))
                ? Optional.of(ALICE)
                : Optional.empty();
    List<Route> routes = new ArrayList<>(FrontDoor.routes());
    routes.addAll(new WellKnown(PdsConfig.parse(env), handles).routes());
    routes.add(Route.get("/pages/*", request -> HttpResponse.text(200, request.path())));
    routes.add(Route.post("/pages/form", request -> HttpResponse.text(201, "made")));
    routes.add(
        Route.get(
            "/broken",
            request -> {
              throw new IllegalStateException("secret");
            }));
    routes.add(
        new Route(
            "OPTIONS",
            "/own",
            request ->
                HttpResponse.empty().withHeader("Access-Control-Allow-Origin", "https://a.b")));
    return new Site(xrpc, routes);
  }

  @Test
  void theFrontDoorGreets() {
    HttpResponse response = site.answer(Requests.get("/").build());
    assertThat(response.contentType()).startsWith("text/plain");
    assertThat(body(response)).contains("AT Protocol");
  }

  @Test
  void robotsMayLookAround() {
    assertThat(body(site.answer(Requests.get("/robots.txt").build()))).contains("Allow: /");
  }

  @Test
  void aHandleIsAnsweredUnderItsOwnHost() {
    HttpResponse response = atprotoDid("ALICE.pds.example.com:443");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.contentType()).startsWith("text/plain");
    assertThat(body(response)).isEqualTo(ALICE.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bob.pds.example.com",
        "pds.example.com",
        "alice.example.com",
        "",
        "a..pds.example.com",
        "-.pds.example.com",
        "[::1]:80",
        "localhost"
      })
  void noOtherHostHasAUser(String host) {
    HttpResponse response = atprotoDid(host);
    assertThat(response.status()).isEqualTo(404);
    assertThat(body(response)).isEqualTo("User not found");
  }

  private HttpResponse atprotoDid(String host) {
    return site.answer(Requests.get("/.well-known/atproto-did").header("Host", host).build());
  }

  @Test
  void theServersOwnDidResolves() {
    HttpResponse response =
        site.answer(
            Requests.get("/.well-known/did.json").header("Host", "pds.example.com").build());
    assertThat(body(response))
        .isEqualTo(
            """
            {"id":"did:web:pds.example.com","service":[{"id":"#atproto_pds",\
            "type":"AtprotoPersonalDataServer","serviceEndpoint":"https://pds.example.com"}],\
            "@context":["https://www.w3.org/ns/did/v1"]}\
            """);
  }

  @Test
  void anAccountsHostDoesNotServeTheServersDocument() {
    HttpResponse response =
        site.answer(
            Requests.get("/.well-known/did.json").header("Host", "alice.pds.example.com").build());
    assertThat(response.status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/favicon.ico", "/nothing", "/xrpc", "/.well-known/openid-configuration"})
  void allElseIsNotFound(String path) {
    HttpResponse response = site.answer(Requests.get(path).build());
    assertThat(response.status()).isEqualTo(404);
    assertThat(response.headers()).containsEntry("Access-Control-Allow-Origin", "*");
  }

  @Test
  void methodsAreDispatched() {
    assertThat(body(site.answer(Requests.get("/xrpc/com.example.any.thing").build())))
        .isEqualTo("proxied com.example.any.thing");
  }

  @Test
  void aPreflightIsAllowedWhateverItAsks() {
    HttpResponse response =
        site.answer(
            Requests.of("OPTIONS", "/xrpc/com.atproto.repo.createRecord")
                .header("Origin", "https://app.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .build());
    assertThat(response.status()).isEqualTo(204);
    assertThat(response.headers())
        .containsEntry("Access-Control-Allow-Origin", "*")
        .containsEntry("Access-Control-Allow-Headers", "authorization,content-type")
        .containsEntry("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
        .containsEntry("Access-Control-Max-Age", "86400");
  }

  @Test
  void aRouteMayAnswerItsOwnPreflight() {
    HttpResponse response = site.answer(Requests.of("OPTIONS", "/own").build());
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers()).containsEntry("Access-Control-Allow-Origin", "https://a.b");
  }

  @Test
  void aRouteMayTakeAllThatBeginsWithIt() {
    assertThat(body(site.answer(Requests.get("/pages/a/b").build()))).isEqualTo("/pages/a/b");
    assertThat(site.answer(Requests.of("HEAD", "/pages/a").build()).status()).isEqualTo(200);
  }

  @Test
  void aPathThatTakesOtherMethodsSaysWhich() {
    HttpResponse response = site.answer(Requests.of("PUT", "/pages/form").build());
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.headers()).containsEntry("Allow", "GET, POST");
    assertThat(site.answer(Requests.post("/pages/form").build()).status()).isEqualTo(201);
  }

  @Test
  void aPageThatFailsShowsNothing() {
    HttpResponse response = site.answer(Requests.get("/broken").build());
    assertThat(response.status()).isEqualTo(500);
    assertThat(body(response)).doesNotContain("secret");
  }

  private static String body(HttpResponse response) {
    return new String(((HttpResponse.Body.Bytes) response.body()).content(), UTF_8);
  }
}
