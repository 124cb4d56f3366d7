package dev.virga.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What people do on a PDS, function by function: a part of {@link RolesTest}. */
final class EverydayLife {
  private static final String HOST = "pds.example.com";

  private final RequestStreamHandler read;
  private final RequestStreamHandler write;
  private final RequestStreamHandler account;
  private final RequestStreamHandler admin;
  private final RequestStreamHandler proxy;
  private String did = "";
  private String token = "";
  private String blob = "";

  /** An account that will be deleted by its owner, and one by the operator. */
  private String carol = "";

  private String carolsToken = "";
  private String carolsBlob = "";

  private String bob = "";

  /**
   * Nothing has happened yet.
   *
   * @param functions by their groups' names
   */
  EverydayLife(Map<String, RequestStreamHandler> functions) {
    read = Objects.requireNonNull(functions.get("Read"));
    write = Objects.requireNonNull(functions.get("Write"));
    account = Objects.requireNonNull(functions.get("Account"));
    admin = Objects.requireNonNull(functions.get("Admin"));
    proxy = Objects.requireNonNull(functions.get("Proxy"));
  }

  void accounts() throws IOException {
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
    Call.Answer leaver = signUp("carol");
    carol = leaver.text("did");
    carolsToken = leaver.text("accessJwt");
    bob = signUp("bob").text("did");
    String other = signUp("dave").text("accessJwt");
    ok(Call.post("com.atproto.server.deactivateAccount", "{}").bearer(other), account);
    Call.of("POST", "/xrpc/com.atproto.server.activateAccount").bearer(other).to(account);
  }

  private Call.Answer signUp(String name) throws IOException {
    return ok(
        Call.post(
            "com.atproto.server.createAccount",
            """
            {"handle":"%s.%s","email":"%s@example.org","password":"correct horse"}\
            """
                .formatted(name, HOST, name)),
        account);
  }

  private String post(String text) {
    return """
    {"$type":"app.bsky.feed.post","text":"%s","createdAt":"2026-01-01T00:00:00Z"}\
    """
        .formatted(text);
  }

  private String create(String record) throws IOException {
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

  void writing() throws IOException {
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
    upload(500, carolsToken);
    carolsBlob = upload(1000, carolsToken);
    ok(
        Call.post(
                "com.atproto.repo.createRecord",
                """
                {"repo":"%s","collection":"app.bsky.feed.post","validate":false,"record":%s}\
                """
                    .formatted(carol, withFile(carolsBlob)))
            .bearer(carolsToken),
        write);
    for (int i = 0; i < 7; i++) {
      create(post("large".repeat(150_000)));
    }
    ok(Call.get("com.atproto.repo.listMissingBlobs", "").bearer(token), write);
  }

  private String withFile(String file) {
    return "{\"$type\":\"app.bsky.feed.post\",\"file\":" + file + "}";
  }

  private void delete(String uri) throws IOException {
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

  private String upload(int length, String token) throws IOException {
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

  private String cid() {
    return cid(blob);
  }

  private static String cid(String file) {
    return file.replaceAll(".*\"\\$link\":\"([^\"]*)\".*", "$1");
  }

  void reading() throws IOException {
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

  void others() throws IOException {
    ok(Call.of("GET", "/"), proxy);
    ok(Call.of("GET", "/xrpc/_health"), proxy);
    ok(Call.of("GET", "/.well-known/atproto-did").header("host", "alice." + HOST), proxy);
    ok(Call.get("app.bsky.feed.getTimeline", ""), proxy, 401, 501);
  }

  private Call asOperator(Call call) {
    String credentials =
        Base64.getEncoder().encodeToString("admin:sample".getBytes(StandardCharsets.UTF_8));
    return call.header("authorization", "Basic " + credentials);
  }

  private Call.Answer operate(String method, String json) throws IOException {
    return ok(asOperator(Call.post(method, json)), admin);
  }

  private void takeDown(String subject, boolean applied) throws IOException {
    operate(
        "com.atproto.admin.updateSubjectStatus",
        """
        {"subject":%s,"takedown":{"applied":%s,"ref":"test"}}\
        """
            .formatted(subject, applied));
  }

  void operating() throws IOException {
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
    for (String subject : List.of(whole, record, file(did, cid()))) {
      takeDown(subject, true);
      takeDown(subject, false);
    }
    takeDown(file(carol, cid(carolsBlob)), true);
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

  private static String file(String account, String cid) {
    return """
    {"$type":"com.atproto.admin.defs#repoBlobRef","did":"%s","cid":"%s"}\
    """
        .formatted(account, cid);
  }

  /** What nobody outside is told of, so that only maintenance keeps a copy of it. */
  void preferring() throws IOException {
    String renewed =
        ok(
                Call.post(
                    "com.atproto.server.createSession",
                    """
                    {"identifier":"alice.%s","password":"another horse"}\
                    """
                        .formatted(HOST)),
                account)
            .text("accessJwt");
    ok(Call.post("app.bsky.actor.putPreferences", "{\"preferences\":[]}").bearer(renewed), account);
  }

  void leaving() throws IOException {
    ok(
        Call.of("POST", "/xrpc/com.atproto.server.requestAccountDelete").bearer(carolsToken),
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
                .formatted(carol, mailed.group())),
        account);
  }

  private Call.Answer ok(Call call, RequestStreamHandler function, Integer... statuses)
      throws IOException {
    Call.Answer answer = call.to(function);
    assertThat(answer.status())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isIn((Object[]) (statuses.length == 0 ? new Integer[] {200} : statuses));
    return answer;
  }
}
