package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive that is deployed, under Lambda's own runtime client, with every sample event. */
@Tag("packaged")
class PackagedFunctionsTest {
  private static final Path EVENTS = Path.of(System.getProperty("virga.root"), "events");
  private static final FakePlc PLC = new FakePlc();
  private static Map<String, String> environment = Map.of();

  /** What the samples are answered with: status, and a part of the body. */
  private static final Map<String, String> ANSWERS =
      Map.of(
          "read", "200 did:web:pds.example.com",
          "read-values", "400 RepoNotFound",
          "write", "400 InvalidToken",
          "write-base64", "401 AuthMissing",
          "account", "401 AuthenticationRequired",
          "account-base64", "401 AuthenticationRequired",
          "admin", "200 codes",
          "proxy", "404 User not found",
          "proxy-preflight", "204 ");

  @BeforeAll
  static void start() {
    assumeTrue(
        Files.exists(RuntimeApi.task().resolve("lib/virga-functions.jar")),
        "there is no archive: it is made by mvn package");
    environment = Environments.fresh(PLC);
  }

  @AfterAll
  static void stop() {
    PLC.close();
  }

  private static String function(String event) {
    String group = event.contains("-") ? event.substring(0, event.indexOf('-')) : event;
    return Character.toUpperCase(group.charAt(0)) + group.substring(1) + "Function";
  }

  private static byte[] event(String name) throws IOException {
    return Files.readAllBytes(EVENTS.resolve(name + ".json"));
  }

  @Test
  void everyEventIsFed() throws IOException {
    TreeSet<String> named = new TreeSet<>(ANSWERS.keySet());
    named.addAll(
        List.of(
            "stream",
            "maintenance",
            "secrets",
            "websocket-connect",
            "websocket-disconnect",
            "websocket-go-on",
            "websocket-message"));
    try (Stream<Path> files = Files.list(EVENTS)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(file -> file.endsWith(".json"))
          .map(file -> file.substring(0, file.length() - ".json".length()))
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Read", "Write", "Account", "Admin", "Proxy"})
  void requestsAreAnsweredUnderTheRuntimeClient(String group) throws Exception {
    try (RuntimeApi api = RuntimeApi.start(group + "Function", environment)) {
      for (Map.Entry<String, String> sample : ANSWERS.entrySet()) {
        if (function(sample.getKey()).equals(group + "Function")) {
          RuntimeApi.Outcome outcome = api.call(event(sample.getKey()));
          assertThat(outcome.kind()).as(outcome.text()).isEqualTo("response");
          Call.Answer answer = Call.answer(outcome.body());
          assertThat(answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8))
              .as(sample.getKey())
              .startsWith(sample.getValue().substring(0, 4))
              .contains(sample.getValue().substring(4));
        }
      }
      assertThat(api.output()).doesNotContain("22".repeat(32)).doesNotContain("Exception");
    }
  }

  @Test
  void aSnapshotIsRehearsedLeftAndWokenUpFrom() throws Exception {
    Map<String, String> snapStart = new HashMap<>(environment);
    snapStart.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
    try (RuntimeApi api = RuntimeApi.start("ReadFunction", snapStart)) {
      api.awaitReady();
      api.restore();
      RuntimeApi.Outcome outcome = api.call(event("read"));
      assertThat(Call.answer(outcome.body()).status()).isEqualTo(200);
    }
  }

  @Test
  void theStreamIsTakenAndMaintenanceDone() throws Exception {
    try (RuntimeApi api = RuntimeApi.start("StreamFunction", environment)) {
      assertThat(api.call(event("stream")).text()).isEqualTo("{\"batchItemFailures\":[]}");
      assertThat(api.output()).doesNotContain("Exception");
    }
    try (RuntimeApi api = RuntimeApi.start("MaintenanceFunction", environment)) {
      assertThat(api.call(event("maintenance")).kind()).isEqualTo("response");
      assertThat(api.output()).doesNotContain("Exception");
    }
  }

  @Test
  void connectionsComeSpeakAndGo() throws Exception {
    try (FakeParameters gateway = new FakeParameters()) {
      Map<String, String> sockets = new HashMap<>(environment);
      sockets.put("VIRGA_WEBSOCKET_URL", gateway.url() + "/live");
      sockets.put("VIRGA_WEBSOCKET_FUNCTION", "subscribers:live");
      sockets.put("AWS_ENDPOINT_URL_LAMBDA", gateway.url());
      try (RuntimeApi api = RuntimeApi.start("WebSocketFunction", sockets)) {
        for (String step : List.of("connect", "go-on", "message", "go-on", "disconnect")) {
          RuntimeApi.Outcome outcome = api.call(event("websocket-" + step));
          assertThat(outcome.text()).as(step).isEqualTo("{\"statusCode\":200}");
        }
        String refused =
            new String(event("websocket-connect"), StandardCharsets.UTF_8)
                .replace("app.bsky.graph.*", "no collection");
        assertThat(api.call(refused.getBytes(StandardCharsets.UTF_8)).text())
            .isEqualTo("{\"statusCode\":400}");
        assertThat(gateway.invocations()).isPositive();
        assertThat(api.output()).doesNotContain("Exception");
      }
    }
  }

  @Test
  void secretsAreMadeOnceAndNotShown() throws Exception {
    try (FakeParameters ssm = new FakeParameters()) {
      Map<String, String> deploying = new HashMap<>(environment);
      deploying.keySet().removeIf(name -> name.startsWith("PDS_") && name.contains("SECRET"));
      deploying.put("AWS_ENDPOINT_URL_SSM", ssm.url());
      deploying.put("VIRGA_SECRETS", "/virga/sample");
      String event =
          new String(event("secrets"), StandardCharsets.UTF_8)
              .replaceAll("https://cloudformation[^\"]*", ssm.url() + "/response");
      try (RuntimeApi api = RuntimeApi.start("SecretsFunction", deploying)) {
        assertThat(api.call(event.getBytes(StandardCharsets.UTF_8)).kind()).isEqualTo("response");
        Map<String, String> made = Map.copyOf(ssm.parameters());
        assertThat(made).hasSize(5);
        assertThat(ssm.responses()).singleElement().asString().contains("\"SUCCESS\"");
        for (String other : List.of("Update", "Delete")) {
          api.call(
              event.replace("\"Create\"", "\"" + other + "\"").getBytes(StandardCharsets.UTF_8));
        }
        assertThat(ssm.parameters()).isEqualTo(made);
        assertThat(ssm.responses()).hasSize(3).allMatch(text -> text.contains("\"SUCCESS\""));
        ssm.fail();
        api.call(event.getBytes(StandardCharsets.UTF_8));
        assertThat(ssm.responses()).last().asString().contains("\"FAILED\"");
        made.values()
            .forEach(
                secret -> {
                  assertThat(ssm.responses().toString()).doesNotContain(secret);
                  assertThat(outputOf(api)).doesNotContain(secret);
                });
      }
    }
  }

  private static String outputOf(RuntimeApi api) {
    try {
      return api.output();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
