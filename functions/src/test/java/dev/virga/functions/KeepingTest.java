package dev.virga.functions;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.functions.PdsServer.Answer;
import dev.virga.functions.PdsServer.User;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.backup.Backup;
import dev.virga.pds.backup.IndexRebuild;
import dev.virga.pds.backup.Restore;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is backed up, restored elsewhere, or has lost its Index. */
class KeepingTest {
  private static final String ADMIN =
      "Basic " + Base64.getEncoder().encodeToString("admin:adminpw".getBytes(UTF_8));

  @TempDir private Path scratch;
  @TempDir private Path folder;
  private PdsServer pds;
  private User alice;
  private User bob;
  private String appPassword;

  @BeforeEach
  void world() {
    pds = new PdsServer(scratch, Map.of());
    alice = pds.signUp("alice");
    bob = pds.signUp("bob");
    for (int i = 0; i < 5; i++) {
      write(pds, alice, "post " + i);
    }
    write(pds, bob, "hello");
    appPassword =
        pds.post("com.atproto.server.createAppPassword", "{\"name\":\"phone\"}", alice.bearer())
            .text("password");
    pds.post(
        "app.bsky.actor.putPreferences",
        "{\"preferences\":[{\"$type\":\"app.bsky.actor.defs#adultContentPref\",\"enabled\":true}]}",
        alice.bearer());
    Answer uploaded =
        pds.post(
            "com.atproto.repo.uploadBlob", "text/plain", "a text".getBytes(UTF_8), alice.bearer());
    pds.post(
        "com.atproto.repo.createRecord",
        "{\"repo\":\"%s\",\"collection\":\"com.example.file\",\"record\":{\"file\":%s}}"
            .formatted(alice.did(), json(uploaded)),
        alice.bearer());
    pds.post("com.atproto.server.createInviteCode", "{\"useCount\":3}", ADMIN);
    pds.post("com.atproto.server.deactivateAccount", "{}", bob.bearer());
    pds.settle();
  }

  /** The blob in an answer to an upload, as JSON. */
  private static String json(Answer uploaded) {
    String body = new String(uploaded.body(), UTF_8);
    return body.substring("{\"blob\":".length(), body.length() - 1);
  }

  private static void write(PdsServer server, User user, String text) {
    Answer answer =
        server.post(
            "com.atproto.repo.createRecord",
            "{\"repo\":\"%s\",\"collection\":\"com.example.note\",\"record\":{\"text\":\"%s\"}}"
                .formatted(user.did(), text),
            user.bearer());
    assertThat(answer.error()).isEqualTo("ok");
  }

  private static Answer login(PdsServer server, String name, String password) {
    return server.post(
        "com.atproto.server.createSession",
        "{\"identifier\":\"%s.test\",\"password\":\"%s\"}".formatted(name, password),
        null);
  }

  private static byte[] repo(PdsServer server, User user) {
    return server.get("com.atproto.sync.getRepo?did=" + user.did(), null).body();
  }

  private static long lastSeq(PdsServer server) {
    return server.index.get(new Key("sequencer", "state")).orElseThrow().requireNumber("last");
  }

  private String blobCid(PdsServer server) {
    return server
        .get("com.atproto.sync.listBlobs?did=" + alice.did(), null)
        .json()
        .array("cids")
        .orElseThrow()
        .getFirst()
        .toString()
        .replaceAll(".*(baf\\w+).*", "$1");
  }

  private void assertSame(PdsServer other) {
    other.clock.advance(Duration.ofMinutes(1));
    assertThat(repo(other, alice)).isEqualTo(repo(pds, alice));
    Answer session = login(other, "alice", "correct horse");
    assertThat(session.error()).isEqualTo("ok");
    assertThat(login(other, "alice", appPassword).error()).isEqualTo("ok");
    assertThat(login(other, "alice", "wrong").error()).startsWith("401");
    User again =
        new User(
            alice.did(), alice.handle(), session.text("accessJwt"), session.text("refreshJwt"));
    assertThat(other.get("app.bsky.actor.getPreferences", again.bearer()).body())
        .isEqualTo(pds.get("app.bsky.actor.getPreferences", alice.bearer()).body());
    assertThat(
            other
                .get("com.atproto.sync.getBlob?did=" + alice.did() + "&cid=" + blobCid(other), null)
                .body())
        .isEqualTo("a text".getBytes(UTF_8));
    assertThat(other.get("com.atproto.sync.getRepoStatus?did=" + bob.did(), null).text("status"))
        .isEqualTo("deactivated");
    write(other, again, "and on");
    other.settle();
  }

  private Backup.Outcome backUp() throws IOException {
    return pds.keeping().backup().write(folder, did -> {});
  }

  private Restore.Outcome restore(PdsServer to) throws IOException {
    return to.keeping().restore().read(folder, null, did -> {});
  }

  @Test
  void aBackupIsRestoredIntoAnEmptyServer() throws Exception {
    Backup.Outcome written = backUp();
    assertThat(written.findings()).isEmpty();
    assertThat(written.accounts()).isEqualTo(2);

    PdsServer other = new PdsServer(scratch, Map.of());
    Restore.Outcome restored = restore(other);
    assertThat(restored.findings()).isEmpty();
    assertThat(restored.warnings()).isEmpty();
    other.settle();
    assertThat(lastSeq(other)).isGreaterThan(lastSeq(pds));
    assertSame(other);
    assertThat(other.get("com.atproto.admin.getInviteCodes", ADMIN).json().array("codes"))
        .hasValueSatisfying(codes -> assertThat(codes).hasSize(1));
  }

  @Test
  void aSecondBackupWritesOnlyWhatChanged() throws Exception {
    backUp();
    assertThat(backUp().repositories()).isZero();
    write(pds, alice, "new");
    Backup.Outcome third = backUp();
    assertThat(third.repositories()).isEqualTo(1);
    assertThat(third.blobs()).isZero();
    PdsServer other = new PdsServer(scratch, Map.of());
    assertThat(restore(other).findings()).isEmpty();
    assertThat(repo(other, alice)).isEqualTo(repo(pds, alice));
  }

  @Test
  void anAccountThatIsGoneLeavesTheBackup() throws Exception {
    backUp();
    pds.post("com.atproto.admin.deleteAccount", "{\"did\":\"%s\"}".formatted(bob.did()), ADMIN);
    assertThat(backUp().accounts()).isEqualTo(1);
    try (Stream<Path> accounts = Files.list(folder.resolve("accounts"))) {
      assertThat(accounts).hasSize(1);
    }
  }

  @Test
  void noSecretOfTheServerIsInABackup() throws Exception {
    backUp();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, ISO_8859_1);
        assertThat(content).doesNotContain("22".repeat(32)).doesNotContain("11".repeat(32));
      }
    }
  }

  @Test
  void aServerWithAccountsTakesNoBackup() throws Exception {
    backUp();
    assertThatThrownBy(() -> restore(pds))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("accounts already");
  }

  @Test
  void aBackupThatWasCutShortIsRefused() throws Exception {
    backUp();
    Files.delete(folder.resolve("backup.json"));
    assertThatThrownBy(() -> restore(new PdsServer(scratch, Map.of())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no whole backup");
  }

  @Test
  void keysSealedUnderAnotherSecretNeedIt() throws Exception {
    backUp();
    PdsServer other = new PdsServer(scratch, Map.of("VIRGA_KEY_SEALING_SECRET", "44".repeat(32)));
    assertThatThrownBy(() -> restore(other))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("VIRGA_KEY_SEALING_SECRET");
    KeySealing old = new KeySealing(HexFormat.of().parseHex("22".repeat(32)), new SecureRandom());
    assertThat(other.keeping().restore().read(folder, old, did -> {}).findings()).isEmpty();
    assertSame(other);
  }

  @Test
  void damageToABackupIsNamed() throws Exception {
    backUp();
    Path car =
        folder
            .resolve("accounts")
            .resolve(alice.did().text().replace(':', ','))
            .resolve("repo.car");
    byte[] bytes = Files.readAllBytes(car);
    bytes[bytes.length / 2] ^= 1;
    Files.write(car, bytes);
    Restore.Outcome outcome = restore(new PdsServer(scratch, Map.of()));
    assertThat(outcome.accounts()).isEqualTo(1);
    assertThat(outcome.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding).contains(alice.did().text(), "damaged"));
  }

  /** What {@code virga verify} finds, where nothing is under way any more. */
  private static List<Finding> verify(PdsServer server) {
    List<Finding> findings = new ArrayList<>();
    Report report =
        finding -> {
          if (finding.severity() != Finding.Severity.UNDER_WAY) {
            findings.add(finding);
          }
        };
    server.keeping().snapshots().all(report);
    server.keeping().verifier(Duration.ZERO).all(report);
    return findings;
  }

  /** The log of a rebuilt Index begins anew: nobody can demand the events of before. */
  @Test
  void anIndexMadeAnewIsWholeThoughItsLogBeginsLater() throws Exception {
    pds.keepHouse();
    loseIndex(pds);
    assertThat(pds.keeping().rebuild().all(false, did -> {}).findings()).isEmpty();
    pds.settle();
    assertThat(verify(pds)).isEmpty();
    pds.clock.advance(Duration.ofMinutes(5));
    write(pds, alice, "and on");
    pds.settle();
    assertThat(verify(pds)).isEmpty();
    Key event =
        pds.index.entries().stream()
            .map(Entry::key)
            .filter(key -> key.partition().equals(alice.did().text()))
            .filter(Outbox::holds)
            .reduce((first, last) -> last)
            .orElseThrow();
    pds.index.batchDelete(List.of(event));
    assertThat(verify(pds))
        .extracting(Finding::code)
        .as("what is told since is demanded as ever")
        .containsExactly(Finding.Code.EVENT_MISSING);
  }

  @Test
  void aRestoredServerIsWhole() throws Exception {
    backUp();
    PdsServer other = new PdsServer(scratch, Map.of());
    restore(other);
    other.settle();
    assertThat(verify(other)).isEmpty();
    assertThat(verify(pds)).isEmpty();
  }

  @Test
  void aSnapshotThatIsLostOrDamagedIsNamedAndTakenAgain() {
    pds.keepHouse();
    List<Objects.Listed> snapshots = pds.objects.list("accounts/", null).objects();
    String lost = snapshots.getFirst().name();
    String damaged = snapshots.getLast().name();
    pds.objects.delete(lost);
    byte[] bytes = pds.objects.get(damaged).orElseThrow();
    bytes[bytes.length / 2] ^= 1;
    pds.objects.delete(damaged);
    assertThat(pds.objects.putIfAbsent(damaged, bytes, Objects.Metadata.NONE)).isTrue();
    assertThat(verify(pds))
        .extracting(finding -> finding.code() + " " + finding.what())
        .contains("SNAPSHOT_MISSING " + lost, "SNAPSHOT_DAMAGED " + damaged);
    pds.clock.advance(Duration.ofDays(2));
    pds.keepHouse();
    assertThat(verify(pds))
        .extracting(finding -> finding.code() + " " + finding.what())
        .noneMatch(finding -> finding.contains("SNAPSHOT_MISSING"));
  }

  /** Nothing else tells of what only an account's owner put there. */
  @Test
  void whatGotLostOfAnAccountIsTold() {
    pds.keepHouse();
    Key preferences =
        pds.index.entries().stream()
            .map(Entry::key)
            .filter(key -> key.sort().startsWith("pref#"))
            .findFirst()
            .orElseThrow();
    List<Finding> told = new ArrayList<>();
    pds.keeping().snapshots().account(alice.did(), told::add);
    assertThat(told).isEmpty();
    pds.index.batchDelete(List.of(preferences));
    pds.keeping().snapshots().account(alice.did(), told::add);
    assertThat(told)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo(Finding.Code.SNAPSHOT_BEHIND);
              assertThat(finding.severity()).isEqualTo(Finding.Severity.UNDER_WAY);
              assertThat(finding.what()).isEqualTo(Finding.name(preferences));
            });
  }

  private static void loseIndex(PdsServer server) {
    List<Key> keys = server.index.entries().stream().map(Entry::key).toList();
    for (int from = 0; from < keys.size(); from += 500) {
      server.index.batchDelete(keys.subList(from, Math.min(from + 500, keys.size())));
    }
  }

  @Test
  void anIndexThatIsLostIsMadeAnewFromObjectsAndSecrets() throws Exception {
    pds.keepHouse();
    byte[] repo = repo(pds, alice);
    long last = lastSeq(pds);
    loseIndex(pds);
    IndexRebuild.Outcome outcome = pds.keeping().rebuild().all(false, did -> {});
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.revived()).isEqualTo(2);
    assertThat(repo(pds, alice)).isEqualTo(repo);
    pds.settle();
    assertThat(lastSeq(pds)).isGreaterThan(last);
    assertThat(login(pds, "alice", "correct horse").error()).isEqualTo("ok");
    assertThat(login(pds, "alice", appPassword).error()).isEqualTo("ok");
    write(pds, alice, "and on");
  }

  @Test
  void anAccountIsInTheObjectsFromItsFirstMoment() throws Exception {
    User carol = pds.signUp("carol");
    pds.settle();
    loseIndex(pds);
    assertThat(pds.keeping().rebuild().all(false, did -> {}).findings()).isEmpty();
    assertThat(login(pds, "carol", "correct horse").text("did")).isEqualTo(carol.did().text());
  }

  @Test
  void anAccountThatWasDeletedIsNotMadeAnew() throws Exception {
    pds.keepHouse();
    pds.post("com.atproto.admin.deleteAccount", "{\"did\":\"%s\"}".formatted(bob.did()), ADMIN);
    assertThat(pds.objects.list("accounts/" + bob.did(), null).objects()).isEmpty();
    loseIndex(pds);
    assertThat(pds.keeping().rebuild().all(false, did -> {}).accounts()).isEqualTo(1);
    assertThat(login(pds, "bob", "correct horse").error()).startsWith("401");
  }

  @Test
  void snapshotsAreSealedAndOneForEachAccount() {
    pds.keepHouse();
    pds.clock.advance(Duration.ofDays(2));
    pds.keepHouse();
    List<Objects.Listed> snapshots = pds.objects.list("accounts/", null).objects();
    assertThat(snapshots).hasSize(2);
    for (Objects.Listed snapshot : snapshots) {
      assertThat(new String(pds.objects.get(snapshot.name()).orElseThrow(), UTF_8))
          .doesNotContain("example.org")
          .doesNotContain("argon2");
    }
  }
}
