package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.aws.Connection;
import dev.virga.aws.LocalServers;
import dev.virga.aws.dynamodb.IndexTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Every call that a function makes is granted to its role, and nothing is granted that it does not
 * use: lives through what happens on a PDS, function by function, and compares.
 */
@SuppressWarnings("NullAway.Init") // by @BeforeAll
class RolesTest {
  private static final String HOST = "pds.example.com";
  private static final FakePlc PLC = new FakePlc();
  private static final FakeSsm SSM = new FakeSsm();
  private static final Map<String, String> ENVIRONMENT = environment();

  /** By function, what it did. */
  private static final Map<String, Set<RecordedCalls.Use>> USED = new TreeMap<>();

  private static RequestStreamHandler read;
  private static RequestStreamHandler write;
  private static RequestStreamHandler account;
  private static RequestStreamHandler admin;
  private static RequestStreamHandler proxy;
  private static String did;
  private static String token;
  private static String blob;

  /** An account that will be deleted by its owner, and one by the operator. */
  private static Call.Answer carol;

  private static String bob;

  private static Map<String, String> environment() {
    Map<String, String> variables = new HashMap<>(Environments.fresh(PLC));
    variables.put("VIRGA_SECRETS", "/virga/test");
    variables.put("AWS_ENDPOINT_URL_SSM", SSM.url());
    return variables;
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Does something with one function, whose calls are all those made meanwhile. */
  private static void as(String function, Step step) throws Exception {
    RecordedCalls.take();
    step.run();
    USED.computeIfAbsent(function, name -> new TreeSet<>()).addAll(RecordedCalls.take());
  }

  @BeforeAll
  static void live() throws Exception {
    as("Read", () -> read = new ReadFunction(ENVIRONMENT));
    as("Write", () -> write = new WriteFunction(ENVIRONMENT));
    as("Account", () -> account = new AccountFunction(ENVIRONMENT));
    as("Admin", () -> admin = new AdminFunction(ENVIRONMENT));
    as("Proxy", () -> proxy = new ProxyFunction(ENVIRONMENT));
    as("Account", RolesTest::accounts);
    as("Write", RolesTest::writing);
    as("Read", RolesTest::reading);
    as("Proxy", RolesTest::others);
    List<String> changes = outbox();
    as("Stream", () -> sequence(new StreamFunction(ENVIRONMENT), changes));
    as("Admin", RolesTest::operating);
    as("Account", RolesTest::leaving);
    as(
        "Maintenance",
        () -> invoke(new MaintenanceFunction(ENVIRONMENT), "{}".getBytes(StandardCharsets.UTF_8)));
    as("Secrets", () -> invoke(new SecretsFunction(ENVIRONMENT), firstDeployment()));
  }

  @AfterAll
  static void stop() {
    PLC.close();
    SSM.close();
  }

  @ParameterizedTest
  @CsvSource({"Read", "Write", "Account", "Admin", "Proxy", "Stream", "Maintenance", "Secrets"})
  void everyCallIsGranted(String function) {
    List<Grants.Grant> grants = Grants.of(function).all();
    assertThat(used(function))
        .filteredOn(use -> grants.stream().noneMatch(grant -> grant.allows(use)))
        .as("calls of %s that infra/roles.yaml does not allow", function)
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Read", "Write", "Account", "Admin", "Proxy", "Stream", "Maintenance", "Secrets"})
  void nothingIsGrantedThatIsNotUsed(String function) {
    assertThat(Grants.of(function).all())
        .filteredOn(grant -> used(function).stream().noneMatch(grant::allows))
        .filteredOn(grant -> !Rare.isExpected(function, grant))
        .as("grants of infra/roles.yaml that %s does not use", function)
        .isEmpty();
  }

  private static Set<RecordedCalls.Use> used(String function) {
    return USED.getOrDefault(function, Set.of());
  }

  // What happens.

  private static void accounts() throws IOException {
    Call.Answer made = signUp("alice");
    did = made.text("did");
    token = made.text("accessJwt");
    Call.Answer session =
        ok(
            Call.post(
                "com.atproto.server.createSession",
                """
                {"identifier":"alice.%s","password":"correct horse"}\
                """
                    .formatted(HOST)),
            account);
    ok(
        Call.of("POST", "/xrpc/com.atproto.server.refreshSession")
            .bearer(session.text("refreshJwt")),
        account);
    ok(Call.get("com.atproto.server.getSession", "").bearer(token), account);
    ok(
        Call.post("com.atproto.server.createAppPassword", "{\"name\":\"app\"}").bearer(token),
        account);
    ok(Call.get("com.atproto.server.listAppPasswords", "").bearer(token), account);
    ok(
        Call.post("com.atproto.server.revokeAppPassword", "{\"name\":\"app\"}").bearer(token),
        account);
    ok(Call.post("com.atproto.server.reserveSigningKey", "{}"), account);
    Call.post("com.atproto.server.checkAccountStatus", "{}").bearer(token).to(account);
    Call.get("com.atproto.identity.resolveHandle", "handle=alice." + HOST).to(account);
    ok(
        Call.post(
                "app.bsky.actor.putPreferences",
                """
                {"preferences":[{"$type":"app.bsky.actor.defs#adultContentPref","enabled":true}]}\
                """)
            .bearer(token),
        account);
    ok(Call.get("app.bsky.actor.getPreferences", "").bearer(token), account);
    carol = signUp("carol");
    bob = signUp("bob").text("did");
    String other = signUp("dave").text("accessJwt");
    ok(Call.post("com.atproto.server.deactivateAccount", "{}").bearer(other), account);
    Call.of("POST", "/xrpc/com.atproto.server.activateAccount").bearer(other).to(account);
  }

  private static Call.Answer signUp(String name) throws IOException {
    return ok(
        Call.post(
            "com.atproto.server.createAccount",
            """
            {"handle":"%s.%s","email":"%s@example.org","password":"correct horse"}\
            """
                .formatted(name, HOST, name)),
        account);
  }

  private static String post(String text) {
    return """
    {"$type":"app.bsky.feed.post","text":"%s","createdAt":"2026-01-01T00:00:00Z"}\
    """
        .formatted(text);
  }

  private static String create(String record) throws IOException {
    return ok(
            Call.post(
                    "com.atproto.repo.createRecord",
                    """
                    {"repo":"%s","collection":"app.bsky.feed.post","validate":false,"record":%s}\
                    """
                        .formatted(did, record))
                .bearer(token),
            write)
        .text("uri");
  }

  private static void writing() throws IOException {
    String uri = create(post("one"));
    create(post("two"));
    ok(
        Call.post(
                "com.atproto.repo.putRecord",
                """
                {"repo":"%s","collection":"app.bsky.actor.profile","rkey":"self",\
                "record":{"$type":"app.bsky.actor.profile","displayName":"A"}}\
                """
                    .formatted(did))
            .bearer(token),
        write);
    delete(uri);
    String writes =
        IntStream.range(0, 150)
            .mapToObj(
                i ->
                    """
                    {"$type":"com.atproto.repo.applyWrites#create",\
                    "collection":"app.bsky.feed.post","value":%s}\
                    """
                        .formatted(post("many " + i)))
            .collect(Collectors.joining(","));
    ok(
        Call.post(
                "com.atproto.repo.applyWrites",
                """
                {"repo":"%s","writes":[%s]}\
                """
                    .formatted(did, writes))
            .bearer(token),
        write);
    blob = upload(1000, token);
    create(withFile(blob));
    String unused = create(withFile(upload(2000, token)));
    delete(unused);
    upload(4_000_000, token);
    upload(1000, carol.text("accessJwt"));
    for (int i = 0; i < 7; i++) {
      create(post("large".repeat(150_000)));
    }
    ok(Call.get("com.atproto.repo.listMissingBlobs", "").bearer(token), write);
  }

  private static String withFile(String file) {
    return "{\"$type\":\"app.bsky.feed.post\",\"file\":" + file + "}";
  }

  private static void delete(String uri) throws IOException {
    ok(
        Call.post(
                "com.atproto.repo.deleteRecord",
                """
                {"repo":"%s","collection":"app.bsky.feed.post","rkey":"%s"}\
                """
                    .formatted(did, uri.substring(uri.lastIndexOf('/') + 1)))
            .bearer(token),
        write);
  }

  private static String upload(int length, String token) throws IOException {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    String json =
        new String(
            ok(
                    Call.of("POST", "/xrpc/com.atproto.repo.uploadBlob")
                        .body("image/png", content)
                        .bearer(token),
                    write)
                .body(),
            StandardCharsets.UTF_8);
    return json.substring("{\"blob\":".length(), json.length() - 1);
  }

  private static String cid() {
    return blob.replaceAll(".*\"\\$link\":\"([^\"]*)\".*", "$1");
  }

  private static void reading() throws IOException {
    ok(Call.get("com.atproto.server.describeServer", ""), read);
    ok(Call.get("com.atproto.repo.describeRepo", "repo=alice." + HOST), read, 200, 400);
    ok(
        Call.get("com.atproto.repo.listRecords", "repo=" + did + "&collection=app.bsky.feed.post"),
        read);
    ok(
        Call.get(
            "com.atproto.repo.getRecord",
            "repo=" + did + "&collection=app.bsky.actor.profile&rkey=self"),
        read);
    ok(
        Call.get(
            "com.atproto.sync.getRecord",
            "did=" + did + "&collection=app.bsky.actor.profile&rkey=self"),
        read);
    ok(Call.get("com.atproto.sync.getRepo", "did=" + did), read, 307);
    ok(Call.get("com.atproto.sync.getBlob", "did=" + did + "&cid=" + cid()), read);
    ok(Call.get("com.atproto.sync.listBlobs", "did=" + did), read);
    ok(Call.get("com.atproto.sync.listRepos", ""), read);
    Call.Answer latest = ok(Call.get("com.atproto.sync.getLatestCommit", "did=" + did), read);
    ok(Call.get("com.atproto.sync.getBlocks", "did=" + did + "&cids=" + latest.text("cid")), read);
    ok(Call.get("com.atproto.identity.resolveHandle", "handle=alice." + HOST), read);
  }

  private static void others() throws IOException {
    ok(Call.of("GET", "/"), proxy);
    ok(Call.of("GET", "/xrpc/_health"), proxy);
    ok(Call.of("GET", "/.well-known/atproto-did").header("host", "alice." + HOST), proxy);
    ok(Call.get("app.bsky.feed.getTimeline", ""), proxy, 401, 501);
  }

  private static Call asOperator(Call call) {
    String credentials =
        Base64.getEncoder().encodeToString("admin:sample".getBytes(StandardCharsets.UTF_8));
    return call.header("authorization", "Basic " + credentials);
  }

  private static Call.Answer operate(String method, String json) throws IOException {
    return ok(asOperator(Call.post(method, json)), admin);
  }

  private static void takeDown(String subject, boolean applied) throws IOException {
    operate(
        "com.atproto.admin.updateSubjectStatus",
        """
        {"subject":%s,"takedown":{"applied":%s,"ref":"test"}}\
        """
            .formatted(subject, applied));
  }

  private static void operating() throws IOException {
    String code = operate("com.atproto.server.createInviteCode", "{\"useCount\":1}").text("code");
    ok(asOperator(Call.get("com.atproto.admin.getInviteCodes", "")), admin);
    operate("com.atproto.admin.disableInviteCodes", "{\"codes\":[\"" + code + "\"]}");
    ok(asOperator(Call.get("com.atproto.admin.getAccountInfos", "dids=" + did)), admin);
    ok(asOperator(Call.get("com.atproto.admin.searchAccounts", "")), admin);
    String whole = "{\"$type\":\"com.atproto.admin.defs#repoRef\",\"did\":\"" + did + "\"}";
    String record =
        """
        {"$type":"com.atproto.repo.strongRef","uri":"at://%s/app.bsky.actor.profile/self",\
        "cid":"%s"}\
        """
            .formatted(did, cid());
    String file =
        """
        {"$type":"com.atproto.admin.defs#repoBlobRef","did":"%s","cid":"%s"}\
        """
            .formatted(did, cid());
    for (String subject : List.of(whole, record, file)) {
      takeDown(subject, true);
      takeDown(subject, false);
    }
    operate(
        "com.atproto.admin.updateAccountPassword",
        "{\"did\":\"" + did + "\",\"password\":\"another horse\"}");
    operate(
        "com.atproto.admin.updateAccountEmail",
        "{\"account\":\"" + did + "\",\"email\":\"new@example.org\"}");
    operate(
        "com.atproto.admin.sendEmail",
        """
        {"recipientDid":"%s","senderDid":"%s","content":"Hello"}\
        """
            .formatted(did, did));
    operate("com.atproto.admin.deleteAccount", "{\"did\":\"" + bob + "\"}");
  }

  private static void leaving() throws IOException {
    ok(
        Call.of("POST", "/xrpc/com.atproto.server.requestAccountDelete")
            .bearer(carol.text("accessJwt")),
        account);
    String mails =
        new String(
            ok(Call.of("GET", "/dev/mail.json").header("host", HOST), account).body(),
            StandardCharsets.UTF_8);
    Matcher mailed = Pattern.compile("\\b[A-Z2-7]{5}-[A-Z2-7]{5}\\b").matcher(mails);
    assertThat(mailed.find()).as(mails).isTrue();
    ok(
        Call.post(
            "com.atproto.server.deleteAccount",
            """
            {"did":"%s","password":"correct horse","token":"%s"}\
            """
                .formatted(carol.text("did"), mailed.group())),
        account);
  }

  // How it is told to the functions.

  private static Call.Answer ok(Call call, RequestStreamHandler function, Integer... statuses)
      throws IOException {
    Call.Answer answer = call.to(function);
    assertThat(answer.status())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isIn((Object[]) (statuses.length == 0 ? new Integer[] {200} : statuses));
    return answer;
  }

  private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    return Objects.requireNonNull(item.get(name), name);
  }

  /** The outbox as the table's stream would tell of it. */
  private static List<String> outbox() {
    try (Connection connection = LocalServers.dynamo().connect();
        DynamoDbClient client = IndexTable.client(connection)) {
      List<String> records = new ArrayList<>();
      client
          .scan(r -> r.tableName(ENVIRONMENT.get("VIRGA_TABLE")))
          .items()
          .forEach(
              item -> {
                if (attribute(item, "sk").s().startsWith("outbox#")) {
                  records.add(
                      """
                      {"eventName":"INSERT","dynamodb":{"SequenceNumber":"%d",\
                      "Keys":{"pk":%s,"sk":%s},"NewImage":%s}}\
                      """
                          .formatted(
                              records.size() + 1,
                              json(attribute(item, "pk")),
                              json(attribute(item, "sk")),
                              fields(item)));
                }
              });
      return records;
    }
  }

  private static String fields(Map<String, AttributeValue> item) {
    return item.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\":" + json(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String json(AttributeValue value) {
    return switch (value.type()) {
      case S -> "{\"S\":\"" + value.s() + "\"}";
      case N -> "{\"N\":\"" + value.n() + "\"}";
      case BOOL -> "{\"BOOL\":" + value.bool() + "}";
      case B -> "{\"B\":\"" + Base64.getEncoder().encodeToString(value.b().asByteArray()) + "\"}";
      default -> throw new AssertionError(value + " is of no type that the Index writes");
    };
  }

  private static byte[] firstDeployment() {
    return """
    {"RequestType":"Create","ResponseURL":"%s/answer","StackId":"stack","RequestId":"1",\
    "LogicalResourceId":"Secrets","ResourceType":"Custom::Secrets","ResourceProperties":{}}\
    """
        .formatted(SSM.url())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void sequence(RequestStreamHandler stream, List<String> records)
      throws IOException {
    assertThat(records).isNotEmpty();
    byte[] event =
        ("{\"Records\":[" + String.join(",", records) + "]}").getBytes(StandardCharsets.UTF_8);
    assertThat(invoke(stream, event)).contains("\"batchItemFailures\":[]");
  }

  private static String invoke(RequestStreamHandler function, byte[] event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    function.handleRequest(new ByteArrayInputStream(event), out, new FakeContext());
    return out.toString(StandardCharsets.UTF_8);
  }
}
