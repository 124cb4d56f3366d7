package dev.virga.functions.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.functions.PdsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The methods of {@code com.atproto.sync} as relays and other servers see them. */
class SyncMethodsTest {
  private static final String NOBODY = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
  private static final String MISSING =
      "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq";

  @TempDir private static Path scratch;

  private PdsServer server = new PdsServer(scratch, Map.of());
  private PdsServer.User alice = server.signUp("alice");

  @BeforeEach
  void freshServer() {
    server = new PdsServer(scratch, Map.of());
    alice = server.signUp("alice");
  }

  private PdsServer.Answer get(String methodAndQuery) {
    return server.get("com.atproto.sync." + methodAndQuery, null);
  }

  private PdsServer.Answer note(String rkey, String record) {
    return server.post(
        "com.atproto.repo.createRecord",
        "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"rkey\":\"%s\",\"record\":%s}"
            .formatted(alice.did(), rkey, record),
        alice.bearer());
  }

  private static Map<Cid, byte[]> blocks(PdsServer.Answer answer) throws IOException {
    try (CarReader car =
        new CarReader(
            new ByteArrayInputStream(answer.body()),
            new CarReader.Limits(2_000_000, 10_000, 100_000_000))) {
      return car.readAll();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getRepo?did=",
        "getLatestCommit?did=",
        "getRepoStatus?did=",
        "listBlobs?did=",
        "getRecord?collection=com.example.note&rkey=a&did=",
        "getBlob?cid=" + MISSING + "&did=",
        "getBlocks?cids=" + MISSING + "&did=",
        "getCheckout?did="
      })
  void whatIsNotHereIsNamedAndNonsenseIsRefused(String method) {
    assertThat(get(method + NOBODY).error()).isEqualTo("400 RepoNotFound");
    assertThat(get(method + "nonsense").error()).isEqualTo("400 InvalidRequest");
    assertThat(get(method.replaceAll("[&?]did=", "")).error()).isEqualTo("400 InvalidRequest");
    assertThat(
            server.post("com.atproto.sync." + method.replaceAll("\\?.*", ""), "{}", null).error())
        .isEqualTo("400 InvalidRequest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getRepo?did=",
        "getLatestCommit?did=",
        "listBlobs?did=",
        "getRecord?collection=com.example.note&rkey=a&did=",
        "getHead?did="
      })
  void aDeactivatedRepositoryIsServedToNobodyElse(String method) {
    server.post("com.atproto.server.deactivateAccount", "{}", alice.bearer());
    assertThat(get(method + alice.did()).error()).isEqualTo("400 RepoDeactivated");
    if (!method.startsWith("getHead")) {
      assertThat(server.get("com.atproto.sync." + method + alice.did(), alice.bearer()).error())
          .as("its owner")
          .isEqualTo("ok");
      PdsServer.User bob = server.signUp("bob");
      assertThat(server.get("com.atproto.sync." + method + alice.did(), bob.bearer()).error())
          .isEqualTo("400 RepoDeactivated");
    }
    PdsServer.Answer status = get("getRepoStatus?did=" + alice.did());
    assertThat(status.json().bool("active")).contains(false);
    assertThat(status.text("status")).isEqualTo("deactivated");
    assertThat(status.json().has("rev")).isFalse();
  }

  @Test
  void exportsAndProofsAreCarsRootedInTheCommit() throws IOException {
    Cid record = Cid.parse(note("a", "{\"text\":\"x\"}").text("cid"));
    PdsServer.Answer latest = get("getLatestCommit?did=" + alice.did());
    Cid commit = Cid.parse(latest.text("cid"));
    PdsServer.Answer whole = get("getRepo?did=" + alice.did());
    assertThat(blocks(whole)).containsKeys(commit, record);
    assertThat(blocks(whole).keySet()).first().isEqualTo(commit);
    assertThat(blocks(get("getRepo?since=" + latest.text("rev") + "&did=" + alice.did())))
        .isEmpty();
    assertThat(get("getRepo?since=nonsense&did=" + alice.did()).error())
        .isEqualTo("400 InvalidRequest");
    String proof = "getRecord?collection=com.example.note&did=" + alice.did() + "&rkey=";
    assertThat(blocks(get(proof + "a"))).containsKeys(commit, record);
    assertThat(blocks(get(proof + "none"))).containsKey(commit).doesNotContainKey(record);
    assertThat(get(proof + "..").error()).isEqualTo("400 InvalidRequest");
    assertThat(get("getHead?did=" + alice.did()).text("root")).isEqualTo(commit.toString());
    assertThat(get("getHead?did=" + NOBODY).error()).isEqualTo("400 HeadNotFound");
  }

  @Test
  void blocksAreFoundOrNamedAsMissing() throws IOException {
    String record = note("a", "{\"text\":\"x\"}").text("cid");
    String commit = get("getLatestCommit?did=" + alice.did()).text("cid");
    String query = "getBlocks?did=" + alice.did() + "&cids=" + record + "&cids=" + commit;
    assertThat(blocks(get(query))).containsOnlyKeys(Cid.parse(record), Cid.parse(commit));
    PdsServer.Answer answer = get(query + "&cids=" + MISSING);
    assertThat(answer.error()).isEqualTo("400 BlockNotFound");
    assertThat(answer.text("message")).contains(MISSING);
    assertThat(get("getBlocks?did=" + alice.did() + "&cids=nonsense").error())
        .isEqualTo("400 InvalidRequest");
  }

  @Test
  void blobsAreServedOnceARecordRefersToThemAndCannotRun() {
    byte[] page = "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
    Value.Obj blob =
        server
            .post("com.atproto.repo.uploadBlob", "text/html", page, alice.bearer())
            .json()
            .obj("blob")
            .orElseThrow();
    String cid = blob.link("ref").orElseThrow().toString();
    String query = "getBlob?did=" + alice.did() + "&cid=" + cid;
    assertThat(get(query).error()).as("temporary").isEqualTo("400 BlobNotFound");
    note("a", "{\"b\":" + DataJson.toText(blob) + "}");
    PdsServer.Answer served = get(query);
    assertThat(served.body()).isEqualTo(page);
    assertThat(served.headers())
        .containsEntry("Content-Security-Policy", "default-src 'none'; sandbox")
        .containsEntry("X-Content-Type-Options", "nosniff")
        .containsEntry("Content-Disposition", "attachment; filename=\"" + cid + "\"");
    assertThat(get("listBlobs?did=" + alice.did()).json().array("cids").orElseThrow())
        .containsExactly(Value.of(cid));
    server.post(
        "com.atproto.repo.deleteRecord",
        "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"rkey\":\"a\"}"
            .formatted(alice.did()),
        alice.bearer());
    server.settle();
    assertThat(get(query).error()).isEqualTo("400 BlobNotFound");
    assertThat(server.objects.names()).noneMatch(name -> name.startsWith("blobs/"));
  }

  @Test
  void allRepositoriesAreListedInPages() {
    server.signUp("bob");
    PdsServer.User carol = server.signUp("carol");
    server.post("com.atproto.server.deactivateAccount", "{}", carol.bearer());
    PdsServer.Answer page = get("listRepos?limit=2");
    assertThat(page.json().array("repos").orElseThrow()).hasSize(2);
    List<Value> rest =
        get("listRepos?limit=2&cursor=" + page.text("cursor")).json().array("repos").orElseThrow();
    assertThat(rest).hasSize(1);
    assertThat(((Value.Obj) rest.getFirst()).text("status")).contains("deactivated");
    assertThat(get("listRepos?cursor=nonsense").error()).isEqualTo("400 InvalidRequest");
    assertThat(get("listRepos?limit=1001").error()).isEqualTo("400 InvalidRequest");
  }
}
