package dev.virga.functions.repo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Value;
import dev.virga.functions.PdsServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The methods of {@code com.atproto.repo} as a client sees them. */
class RepoMethodsTest {
  private static final String NOTE = "com.example.note";
  private static final String MISSING_BLOB =
      "bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity";

  @TempDir private static Path scratch;

  private PdsServer server = new PdsServer(scratch, Map.of());
  private PdsServer.User alice = server.signUp("alice");

  @BeforeEach
  void freshServer() {
    server = new PdsServer(scratch, Map.of("PDS_BLOB_UPLOAD_LIMIT", "1000"));
    alice = server.signUp("alice");
  }

  private PdsServer.Answer write(String method, String fields) {
    return write(method, fields, alice.bearer());
  }

  private PdsServer.Answer write(String method, String fields, String authorization) {
    return server.post(
        "com.atproto.repo." + method,
        "{\"repo\":\"" + alice.did() + "\"," + fields + "}",
        authorization);
  }

  private PdsServer.Answer note(String rkey, String text) {
    return write(
        "createRecord",
        "\"collection\":\"%s\",\"rkey\":\"%s\",\"record\":{\"text\":\"%s\"}"
            .formatted(NOTE, rkey, text));
  }

  private PdsServer.Answer read(String rkey) {
    return server.get(
        "com.atproto.repo.getRecord?repo=alice.test&collection=" + NOTE + "&rkey=" + rkey, null);
  }

  private String head() {
    return server.get("com.atproto.sync.getLatestCommit?did=" + alice.did(), null).text("cid");
  }

  @ParameterizedTest
  @CsvSource({
    "createRecord, '\"collection\":\"com.example.note\",\"record\":{}'",
    "putRecord, '\"collection\":\"com.example.note\",\"rkey\":\"a\",\"record\":{}'",
    "deleteRecord, '\"collection\":\"com.example.note\",\"rkey\":\"a\"'",
    "applyWrites, '\"writes\":[]'"
  })
  void writesDemandTheOwnerAndAWellFormedBody(String method, String fields) {
    String before = head();
    PdsServer.User bob = server.signUp("bob");
    String name = "com.atproto.repo." + method;
    String body = "{\"repo\":\"" + alice.did() + "\"," + fields + "}";
    assertThat(server.post(name, body, null).error()).isEqualTo("401 AuthMissing");
    assertThat(server.post(name, body, "Bearer nonsense").error()).isEqualTo("400 InvalidToken");
    assertThat(server.post(name, body, "Bearer " + alice.refresh()).error())
        .isEqualTo("400 InvalidToken");
    assertThat(server.post(name, body, bob.bearer()).error())
        .isEqualTo("401 AuthenticationRequired");
    assertThat(server.post(name, "{\"repo\":", alice.bearer()).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(server.post(name, "{}", alice.bearer()).error()).isEqualTo("400 InvalidRequest");
    assertThat(
            server
                .post(name, "text/plain", body.getBytes(StandardCharsets.UTF_8), alice.bearer())
                .error())
        .isEqualTo("400 InvalidRequest");
    String large = body.substring(0, body.length() - 1) + " ".repeat(1_000_001) + "}";
    assertThat(server.post(name, large, alice.bearer()).error()).isEqualTo("413 PayloadTooLarge");
    assertThat(write(method, fields.replace("com.example.note", "nonsense")).error())
        .isEqualTo(method.equals("applyWrites") ? "ok" : "400 InvalidRequest");
    if (!method.equals("applyWrites")) {
      assertThat(head()).isEqualTo(before);
    }
  }

  @Test
  void aRecordIsCreatedReadReplacedAndDeleted() {
    PdsServer.Answer made = note("a", "one");
    assertThat(made.error()).isEqualTo("ok");
    assertThat(made.text("uri")).isEqualTo("at://" + alice.did() + "/" + NOTE + "/a");
    assertThat(made.text("validationStatus")).isEqualTo("unknown");
    assertThat(made.json().obj("commit").orElseThrow().text("cid")).contains(head());
    PdsServer.Answer read = read("a");
    assertThat(read.text("cid")).isEqualTo(made.text("cid"));
    assertThat(read.json().obj("value").orElseThrow())
        .isEqualTo(Value.Obj.builder().put("$type", NOTE).put("text", "one").build());

    String fields =
        "\"collection\":\"%s\",\"rkey\":\"a\",\"record\":{\"text\":\"two\"}".formatted(NOTE);
    assertThat(write("putRecord", fields).json().has("commit")).isTrue();
    assertThat(write("putRecord", fields).json().has("commit")).as("unchanged").isFalse();
    assertThat(read("a").json().obj("value").orElseThrow().text("text")).contains("two");

    String key = "\"collection\":\"%s\",\"rkey\":\"a\"".formatted(NOTE);
    assertThat(write("deleteRecord", key).json().has("commit")).isTrue();
    assertThat(write("deleteRecord", key).json()).isEqualTo(Value.Obj.EMPTY);
    assertThat(read("a").error()).isEqualTo("400 RecordNotFound");
  }

  @Test
  void whatIsThereAlreadyIsNamedAndNothingChanges() {
    note("a", "one");
    String before = head();
    assertThat(note("a", "two").error()).isEqualTo("400 InvalidRequest");
    assertThat(
            write("applyWrites", "\"writes\":[%s,%s]".formatted(create("b"), create("a"))).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(head()).isEqualTo(before);
    assertThat(read("b").error()).isEqualTo("400 RecordNotFound");
  }

  private static String create(String rkey) {
    return "{\"$type\":\"com.atproto.repo.applyWrites#create\",\"collection\":\"%s\",\"rkey\":\"%s\",\"value\":{}}"
        .formatted(NOTE, rkey);
  }

  @Test
  void swapsNameWhatTheyExpect() {
    String cid = note("a", "one").text("cid");
    String stale = head();
    note("b", "two");
    String body =
        "\"collection\":\"%s\",\"rkey\":\"a\",\"record\":{\"text\":\"new\"},".formatted(NOTE);
    assertThat(write("putRecord", body + "\"swapCommit\":\"" + stale + "\"").error())
        .isEqualTo("400 InvalidSwap");
    assertThat(write("putRecord", body + "\"swapRecord\":null").error())
        .isEqualTo("400 InvalidSwap");
    assertThat(write("putRecord", body + "\"swapRecord\":\"" + stale + "\"").error())
        .isEqualTo("400 InvalidSwap");
    assertThat(write("putRecord", body + "\"swapRecord\":\"nonsense\"").error())
        .isEqualTo("400 InvalidRequest");
    assertThat(write("putRecord", body + "\"swapRecord\":\"" + cid + "\"").error()).isEqualTo("ok");
  }

  @Test
  void batchesAnswerEachWriteByItsKind() {
    note("old", "x");
    PdsServer.Answer answer =
        write(
            "applyWrites",
            "\"writes\":[%s,{\"$type\":\"com.atproto.repo.applyWrites#delete\",\"collection\":\"%s\",\"rkey\":\"old\"}]"
                .formatted(create("new"), NOTE));
    List<Value> results = answer.json().array("results").orElseThrow();
    assertThat(results)
        .extracting(result -> ((Value.Obj) result).text("$type").orElseThrow())
        .containsExactly(
            "com.atproto.repo.applyWrites#createResult",
            "com.atproto.repo.applyWrites#deleteResult");
    StringBuilder many = new StringBuilder(create("k0"));
    for (int i = 1; i <= 200; i++) {
      many.append(',').append(create("k" + i));
    }
    assertThat(write("applyWrites", "\"writes\":[" + many + "]").error())
        .isEqualTo("400 InvalidRequest");
    assertThat(
            write(
                    "applyWrites",
                    "\"writes\":[{\"$type\":\"com.atproto.repo.applyWrites#update\",\"collection\":\"%s\",\"rkey\":\"none\",\"value\":{}}]"
                        .formatted(NOTE))
                .error())
        .isEqualTo("400 InvalidRequest");
  }

  @Test
  void recordsThatAreWrongAreRefusedByTheirOwnWords() {
    String post = "\"collection\":\"app.bsky.feed.post\",\"record\":";
    PdsServer.Answer answer = write("createRecord", post + "{\"text\":7}");
    assertThat(answer.error()).isEqualTo("400 InvalidRequest");
    assertThat(answer.text("message")).contains("app.bsky.feed.post");
    assertThat(write("createRecord", post + "{\"$type\":\"com.example.other\"}").error())
        .isEqualTo("400 InvalidRequest");
    assertThat(write("createRecord", post + "{\"text\":\"x\",\"createdAt\":1.5}").error())
        .isEqualTo("400 InvalidRequest");
    assertThat(
            write(
                    "createRecord",
                    "\"validate\":true," + "\"collection\":\"com.example.note\",\"record\":{}")
                .error())
        .isEqualTo("400 InvalidRequest");
    String deep = "[".repeat(500) + "]".repeat(500);
    assertThat(
            write(
                    "createRecord",
                    "\"collection\":\"com.example.note\",\"record\":{\"a\":" + deep + "}")
                .error())
        .isEqualTo("400 InvalidRequest");
    assertThat(
            write(
                    "createRecord",
                    "\"collection\":\"com.example.note\",\"record\":{\"a\":{\"cid\":\"x\",\"mimeType\":\"image/png\"}}")
                .error())
        .isEqualTo("400 InvalidRequest");
    assertThat(note("k".repeat(513), "x").error()).isEqualTo("400 InvalidRequest");
  }

  @Test
  void keysWithSlursAreRefusedButNotWhatAClockSpellsByChance() {
    String slur = rot13("xvxr");
    assertThat(note("my-" + slur, "x").error()).isEqualTo("400 InvalidRequest");
    assertThat(note(slur, "x").error()).isEqualTo("400 InvalidRequest");

    String tid = "3" + slur + "22222222";
    assertThat(note(tid, "x").status()).isEqualTo(200);
    assertThat(read(tid).status()).isEqualTo(200);
  }

  /** The bundled list is written so, and this is no better place to spell its words out. */
  private static String rot13(String text) {
    return text.chars()
        .map(c -> 'a' + (c - 'a' + 13) % 26)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void pagesOfRecordsRunBothWays() {
    for (int i = 0; i < 7; i++) {
      note("k" + i, "n" + i);
    }
    String list = "com.atproto.repo.listRecords?repo=alice.test&collection=" + NOTE + "&limit=3";
    PdsServer.Answer page = server.get(list, null);
    assertThat(keys(page)).containsExactly("k6", "k5", "k4");
    assertThat(keys(server.get(list + "&cursor=" + page.text("cursor"), null)))
        .containsExactly("k3", "k2", "k1");
    assertThat(keys(server.get(list + "&reverse=true", null))).containsExactly("k0", "k1", "k2");
    assertThat(server.get(list + "&cursor=k0", null).json().has("cursor")).isFalse();
    assertThat(server.get(list.replace("=3", "=101"), null).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(server.get(list.replace("alice", "nobody"), null).error())
        .isEqualTo("400 InvalidRequest");
  }

  private static List<String> keys(PdsServer.Answer page) {
    return page.json().array("records").orElseThrow().stream()
        .map(record -> ((Value.Obj) record).text("uri").orElseThrow())
        .map(uri -> uri.substring(uri.lastIndexOf('/') + 1))
        .toList();
  }

  @Test
  void describesARepository() {
    note("a", "x");
    PdsServer.Answer answer = server.get("com.atproto.repo.describeRepo?repo=alice.test", null);
    assertThat(answer.text("did")).isEqualTo(alice.did().text());
    assertThat(answer.json().array("collections").orElseThrow()).containsExactly(Value.of(NOTE));
    assertThat(answer.json().bool("handleIsCorrect")).contains(true);
    assertThat(server.get("com.atproto.repo.describeRepo?repo=nobody.test", null).error())
        .isEqualTo("400 RepoNotFound");
  }

  @Test
  void blobsAreUploadedReferredToAndRefusedByName() {
    byte[] bytes = "some bytes".getBytes(StandardCharsets.UTF_8);
    String upload = "com.atproto.repo.uploadBlob";
    assertThat(server.post(upload, "text/plain", bytes, null).error()).isEqualTo("401 AuthMissing");
    assertThat(server.post(upload, "text/plain", new byte[1_001], alice.bearer()).error())
        .isEqualTo("413 PayloadTooLarge");
    Value.Obj blob =
        server.post(upload, "text/plain", bytes, alice.bearer()).json().obj("blob").orElseThrow();
    assertThat(blob.text("mimeType")).contains("text/plain");
    assertThat(blob.integer("size")).hasValue(bytes.length);

    assertThat(referring(MISSING_BLOB, "text/plain", bytes.length)).isEqualTo("400 BlobNotFound");
    String present = blob.link("ref").orElseThrow().toString();
    assertThat(referring(present, "image/png", bytes.length)).isEqualTo("400 InvalidMimeType");
    assertThat(referring(present, "text/plain", 3)).isEqualTo("400 InvalidSize");
    assertThat(referring(present, "text/plain", bytes.length)).isEqualTo("ok");
    assertThat(
            server
                .get("com.atproto.repo.listMissingBlobs", alice.bearer())
                .json()
                .array("blobs")
                .orElseThrow())
        .isEmpty();
    assertThat(server.get("com.atproto.repo.listMissingBlobs", null).error())
        .isEqualTo("401 AuthMissing");
  }

  private String referring(String cid, String type, int size) {
    return write(
            "createRecord",
            ("\"collection\":\"%s\",\"record\":{\"b\":{\"$type\":\"blob\",\"ref\":{\"$link\":\"%s\"},"
                 + "\"mimeType\":\"%s\",\"size\":%d}}")
                .formatted(NOTE, cid, type, size))
        .error();
  }

  @Test
  void importsAreForTheOwnerAndMayBeSwitchedOff() {
    String method = "com.atproto.repo.importRepo";
    String car = "application/vnd.ipld.car";
    note("a", "x");
    byte[] exported = server.get("com.atproto.sync.getRepo?did=" + alice.did(), null).body();
    assertThat(server.post(method, car, exported, null).error()).isEqualTo("401 AuthMissing");
    PdsServer.User bob = server.signUp("bob");
    assertThat(server.post(method, car, exported, bob.bearer()).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(server.post(method, car, new byte[] {1, 2, 3}, alice.bearer()).error())
        .isEqualTo("400 InvalidRequest");
    note("b", "y");
    assertThat(server.post(method, car, exported, alice.bearer()).error()).isEqualTo("ok");
    assertThat(read("a").error()).isEqualTo("ok");
    assertThat(read("b").error()).as("not in the import").isEqualTo("400 RecordNotFound");

    PdsServer closed = new PdsServer(scratch, Map.of("PDS_ACCEPTING_REPO_IMPORTS", "false"));
    assertThat(closed.post(method, car, exported, closed.signUp("carol").bearer()).error())
        .isEqualTo("400 InvalidRequest");
  }
}
