package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every call that a function makes is granted to its role, and nothing is granted that it does not
 * use: lives through what happens on a PDS, function by function, and compares.
 */
class RolesTest {
  static final List<String> FUNCTIONS =
      List.of(
          "Read",
          "Write",
          "Account",
          "Admin",
          "Proxy",
          "Stream",
          "WebSocket",
          "Maintenance",
          "Secrets");

  private static final FakePlc PLC = new FakePlc();
  private static final FakeSsm SSM = new FakeSsm();
  private static final FakeGateway GATEWAY = new FakeGateway();
  private static final Map<String, String> ENVIRONMENT = environment();

  /** Maintenance comes back after these, for it works on what is hours, days and weeks old. */
  private static final List<Duration> LATER =
      List.of(
          Duration.ZERO,
          Duration.ofHours(3),
          Duration.ofHours(28),
          Duration.ofHours(55),
          Duration.ofHours(80),
          Duration.ofDays(40));

  /** By function, what it did. */
  private static final Map<String, Set<RecordedCalls.Use>> USED = new TreeMap<>();

  private static Map<String, String> environment() {
    Map<String, String> variables = new HashMap<>(Environments.fresh(PLC));
    variables.put("VIRGA_SECRETS", "/virga/test");
    variables.put("AWS_ENDPOINT_URL_SSM", SSM.url());
    variables.put("VIRGA_WEBSOCKET_URL", GATEWAY.url() + "/live");
    variables.put("VIRGA_WEBSOCKET_FUNCTION", "subscribers");
    variables.put("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", GATEWAY.url());
    variables.put("AWS_ENDPOINT_URL_LAMBDA", GATEWAY.url());
    return Map.copyOf(variables);
  }

  private interface Step {
    void run() throws Exception;
  }

  private interface Making<T> {
    T make(Map<String, String> environment) throws Exception;
  }

  /** Does something with one function, whose calls are all those made meanwhile. */
  private static void as(String function, Step step) throws Exception {
    RecordedCalls.take();
    step.run();
    USED.computeIfAbsent(function, name -> new TreeSet<>()).addAll(RecordedCalls.take());
  }

  private static <T> T made(String function, Making<T> making) throws Exception {
    RecordedCalls.take();
    T made = making.make(ENVIRONMENT);
    USED.computeIfAbsent(function, name -> new TreeSet<>()).addAll(RecordedCalls.take());
    return made;
  }

  @BeforeAll
  static void live() throws Exception {
    String table = ENVIRONMENT.getOrDefault("VIRGA_TABLE", "");
    EverydayLife people =
        new EverydayLife(
            Map.of(
                "Read", made("Read", ReadFunction::new),
                "Write", made("Write", WriteFunction::new),
                "Account", made("Account", AccountFunction::new),
                "Admin", made("Admin", AdminFunction::new),
                "Proxy", made("Proxy", ProxyFunction::new)));
    SubscribersLife subscribers =
        new SubscribersLife(made("WebSocket", WebSocketFunction::new), GATEWAY, table);
    StreamFunction stream = made("Stream", StreamFunction::new);
    OutboxStream outbox = new OutboxStream(table);

    as("WebSocket", subscribers::coming);
    as("Account", people::accounts);
    as("Write", people::writing);
    as("Read", people::reading);
    as("Proxy", people::others);
    sequence(stream, outbox.news(), 600_000);
    as("WebSocket", subscribers::catchingUp);
    as("Admin", people::operating);
    as("Account", people::leaving);
    as("WebSocket", subscribers::comingBack);
    sequence(stream, outbox.news(), 0);
    as("Account", people::preferring);

    GATEWAY.answer(429);
    subscribers.fail("posts=");
    as("WebSocket", subscribers::givingUp);
    subscribers.fail("late=");
    sequence(stream, outbox.news(), 0);
    GATEWAY.answer(200);

    for (Duration later : LATER) {
      as("Maintenance", () -> maintain(later));
    }
    as("Secrets", () -> invoke(new SecretsFunction(ENVIRONMENT), firstDeployment(), 60_000));
    assertThat(subscribers.heard("posts=")).isNotEmpty();
  }

  @AfterAll
  static void stop() {
    PLC.close();
    SSM.close();
    GATEWAY.close();
  }

  private static void sequence(StreamFunction stream, byte[] batch, int millis) throws Exception {
    as(
        "Stream",
        () -> assertThat(invoke(stream, batch, millis)).isEqualTo("{\"batchItemFailures\":[]}"));
  }

  private static void maintain(Duration later) throws IOException {
    InstantSource then = () -> InstantSource.system().instant().plus(later);
    invoke(
        new MaintenanceFunction(ENVIRONMENT, then), "{}".getBytes(StandardCharsets.UTF_8), 600_000);
  }

  private static byte[] firstDeployment() {
    return """
    {"RequestType":"Create","ResponseURL":"%s/answer","StackId":"stack","RequestId":"1",\
    "LogicalResourceId":"Secrets","ResourceType":"Custom::Secrets","ResourceProperties":{}}\
    """
        .formatted(SSM.url())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String invoke(RequestStreamHandler function, byte[] event, int millis)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    function.handleRequest(new ByteArrayInputStream(event), out, new FakeContext(millis));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyRoleIsLookedAt() {
    assertThat(Grants.roles()).containsExactlyInAnyOrderElementsOf(FUNCTIONS);
  }

  @ParameterizedTest
  @FieldSource("FUNCTIONS")
  void everyCallIsGranted(String function) {
    List<Grants.Grant> grants = Grants.of(function).all();
    assertThat(used(function))
        .filteredOn(use -> grants.stream().noneMatch(grant -> grant.allows(use)))
        .as("calls of %s that infra/roles.yaml does not allow", function)
        .isEmpty();
  }

  @ParameterizedTest
  @FieldSource("FUNCTIONS")
  void nothingIsGrantedThatIsNotUsed(String function) {
    assertThat(unused(function))
        .filteredOn(grant -> !Rare.isExpected(function, grant))
        .as("grants of infra/roles.yaml that %s does not use", function)
        .isEmpty();
  }

  @ParameterizedTest
  @FieldSource("FUNCTIONS")
  void whatIsCalledRareIsGranted(String function) {
    assertThat(Grants.of(function).all().stream().map(Grants.Grant::toString))
        .as("grants of %s, of which some are known to be used rarely", function)
        .containsAll(Rare.of(function));
  }

  /** A put whose answer gets lost is repeated, and refused if it was done: then it is looked at. */
  @ParameterizedTest
  @FieldSource("FUNCTIONS")
  void whoStoresMayLookAtWhatItStored(String function) {
    List<Grants.Grant> grants = Grants.of(function).all();
    assertThat(grants)
        .filteredOn(grant -> grant.action().equals("s3:PutObject"))
        .allSatisfy(
            put -> assertThat(grants).contains(new Grants.Grant("s3:GetObject", put.resource())));
  }

  private static List<Grants.Grant> unused(String function) {
    return Grants.of(function).all().stream()
        .filter(grant -> used(function).stream().noneMatch(grant::allows))
        .toList();
  }

  private static Set<RecordedCalls.Use> used(String function) {
    return USED.getOrDefault(function, Set.of());
  }
}
