package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.large;
import static dev.virga.pds.repo.RepoFixture.path;
import static dev.virga.pds.repo.RepoFixture.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.blob.BlobRebuild;
import dev.virga.pds.store.Dying;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepoRebuildTest {
  private static final List<String> KINDS =
      List.of("rec#", "cid#", "uniq#", "blobref#", "blob#", "head");

  private final RepoFixture repo = new RepoFixture();

  private static RepoRebuild.Outcome rebuild(RepoFixture repo, boolean acceptLoss)
      throws IOException {
    RepoRebuild.Outcome outcome =
        new RepoRebuild(
                repo.memory, repo.objects, repo.tids, Path.of(System.getProperty("java.io.tmpdir")))
            .rebuild(DID, repo.key.publicKey(), RepoState.ACTIVE, acceptLoss)
            .orElseThrow();
    repo.heads.forget(DID);
    return outcome;
  }

  private RepoRebuild.Outcome rebuild() throws IOException {
    return rebuild(repo, false);
  }

  /** The items that a rebuild makes, without what differs for good reason. */
  private static Map<String, Item> items(RepoFixture repo) {
    Map<String, Item> items = new TreeMap<>();
    for (Entry entry : repo.memory.entries()) {
      String sort = entry.key().sort();
      if (entry.key().partition().equals(DID.text())
          && entry.expires() == null
          && KINDS.stream().anyMatch(sort::startsWith)) {
        Item.Builder item = entry.item().toBuilder();
        List.of("etag", "young", "upload", "mark", "used").forEach(item::without);
        items.put(sort, item.build());
      }
    }
    return items;
  }

  private static void loseIndex(RepoFixture repo) {
    List<Key> keys =
        repo.memory.entries().stream()
            .map(Entry::key)
            .filter(key -> key.partition().equals(DID.text()))
            .toList();
    for (int from = 0; from < keys.size(); from += 1_000) {
      repo.memory.batchDelete(keys.subList(from, Math.min(from + 1_000, keys.size())));
    }
    repo.heads.forget(DID);
  }

  private static BlobRef upload(RepoFixture repo, String text) throws IOException {
    return repo.blobs.upload(DID, new ByteArrayInputStream(text.getBytes(UTF_8)), "text/plain");
  }

  private static RecordIntent like(String rkey, String subject) {
    Value.Obj value =
        new Value.Obj(
            Map.of(
                "$type",
                Value.of("app.bsky.feed.like"),
                "subject",
                new Value.Obj(Map.of("uri", Value.of(subject)))));
    byte[] bytes = DagCbor.encode(value);
    Nsid collection = Nsid.parse("app.bsky.feed.like");
    return new RecordIntent.Create(
        RepoPath.parse(collection + "/" + rkey),
        new RecordIntent.Prepared(
            bytes, Cid.ofDagCbor(bytes), List.of(), RecordPreparer.unique(collection, value)),
        true);
  }

  /** A record that refers to a blob, as a client would send it. */
  private static RecordIntent picture(String rkey, BlobRef blob) {
    byte[] bytes =
        DagCbor.encode(
            new Value.Obj(Map.of("$type", Value.of("com.example.note"), "image", blob.toValue())));
    return new RecordIntent.Put(
        path(rkey),
        new RecordIntent.Prepared(bytes, Cid.ofDagCbor(bytes), List.of(blob), null),
        RecordIntent.Swap.ANY);
  }

  private static void fill(RepoFixture repo) throws IOException {
    for (int i = 0; i < 30; i++) {
      repo.write(creation("n" + i));
    }
    BlobRef blob = upload(repo, "hello");
    repo.write(picture("p1", blob), picture("p2", blob));
    repo.write(picture("p3", upload(repo, "again")));
    repo.write(like("l1", "at://one"), like("l2", "at://two"), large("big", 'x'));
    repo.write(deletion("n3"), deletion("n4"), large("big", 'y'));
    repo.write(new RecordIntent.Update(path("n5"), record("changed")));
  }

  @Test
  void allItemsAreMadeAnewFromObjectsAlone() throws Exception {
    fill(repo);
    repo.settle();
    byte[] before = repo.car();
    Map<String, Item> items = items(repo);

    loseIndex(repo);
    RepoRebuild.Outcome outcome = rebuild();
    new BlobRebuild(repo.memory, repo.objects, repo.tids).rebuild(DID);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.latest()).isTrue();
    assertThat(items(repo)).isEqualTo(items);
    assertThat(repo.car()).isEqualTo(before);
    repo.write(creation("afterwards"), picture("p4", upload(repo, "hello")));
  }

  @Test
  void whatIsInTheIndexAlreadyIsNotBelieved() throws Exception {
    fill(repo);
    repo.settle();
    Map<String, Item> items = items(repo);
    Key extra = RepoKeys.record(DID, "com.example.note/extra");
    repo.memory.batchPut(List.of(new Entry(extra, Item.EMPTY)));
    repo.memory.batchDelete(List.of(RepoKeys.record(DID, path("n7").toString())));
    rebuild();
    assertThat(items(repo)).isEqualTo(items);
  }

  @Test
  void whatModeratorsHaveHiddenStaysHidden() throws Exception {
    fill(repo);
    RecordTakedowns takedowns = new RecordTakedowns(repo.memory, repo.heads, repo.tids);
    takedowns.set(DID, path("n9"), "mod-1");
    takedowns.set(DID, path("n10"), "mod-2");
    takedowns.set(DID, path("n10"), null);
    takedowns.set(DID, path("n11"), "mod-3");
    repo.write(deletion("n11"));
    repo.write(creation("n11"));
    rebuild();
    assertThat(takedowns.find(DID, path("n9")).orElseThrow().ref()).contains("mod-1");
    assertThat(takedowns.find(DID, path("n10")).orElseThrow().ref()).isEmpty();
    assertThat(takedowns.find(DID, path("n11")).orElseThrow().ref()).isEmpty();
  }

  /** A writer that dies after its pack and before its commit. */
  private static Tid die(RepoFixture repo, RecordIntent intent) {
    List<String> before = packs(repo);
    for (int calls = 0; packs(repo).equals(before); calls++) {
      Dying process = new Dying(calls);
      try {
        repo.writerOn(process.on(repo.memory), process.on(repo.objects))
            .write(DID, List.of(intent), null);
        throw new AssertionError("it did not die in time");
      } catch (Dying.Death e) {
        // Nothing is stored yet, or the pack alone.
      }
    }
    List<String> after = new ArrayList<>(packs(repo));
    after.removeAll(before);
    assertThat(after).hasSize(1);
    String file = after.getFirst().substring(RepoKeys.packs(DID).length());
    return Tid.parse(file.substring(0, 13));
  }

  private static List<String> packs(RepoFixture repo) {
    return repo.objects.list(RepoKeys.packs(DID), null).objects().stream()
        .map(Objects.Listed::name)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void packsThatNeverBecameCurrentAreNotTaken(long seed) throws Exception {
    Random random = new Random(seed);
    int orphans = 0;
    boolean rival = false;
    for (int i = 0; i < 40; i++) {
      rival = random.nextInt(4) == 0;
      if (rival) {
        die(repo, creation("dead" + i));
        orphans++;
      }
      repo.write(random.nextInt(5) == 0 ? large("big", (char) ('a' + i % 26)) : creation("k" + i));
      if (random.nextInt(8) == 0) {
        repo.settle();
        repo.advance(Duration.ofDays(3));
        repo.tidy();
        rival = false;
      }
    }
    byte[] before = repo.car();
    loseIndex(repo);
    RepoRebuild.Outcome outcome = rebuild();
    assertThat(outcome.findings())
        .as("seed %s, %s orphans", seed, orphans)
        .hasSize(rival ? 1 : 0)
        .allMatch(finding -> finding.startsWith("several packs end the chain; the latest"));
    assertThat(repo.car()).as("seed %s", seed).isEqualTo(before);
  }

  /** They follow each other, but nobody who found them to be current follows them. */
  @Test
  void packsOfSeveralWritersThatNeverBecameCurrentAreNotTakenForAChain() throws Exception {
    repo.write(creation("a"));
    List<String> before = packs(repo);
    List<List<RecordIntent>> asked =
        List.of(List.of(creation("x")), List.of(creation("y")), List.of(creation("z")));
    for (int calls = 0; packs(repo).size() < before.size() + asked.size(); calls++) {
      packs(repo).stream().filter(pack -> !before.contains(pack)).forEach(repo.objects::delete);
      Dying process = new Dying(calls);
      try {
        Crowd.write(repo.writerOn(process.on(repo.memory), process.on(repo.objects)), DID, asked);
      } catch (Dying.Death e) {
        // With none of the packs, some, or all.
      }
    }
    Tid committed = repo.write(creation("b")).rev();
    byte[] car = repo.car();
    loseIndex(repo);
    RepoRebuild.Outcome outcome = rebuild();
    assertThat(outcome.rev()).isEqualTo(committed);
    assertThat(outcome.findings()).singleElement().asString().contains("several packs end");
    assertThat(repo.car()).isEqualTo(car);
  }

  @Test
  void commitsThatSeveralWritersMadeTogetherAreRebuilt() throws Exception {
    fill(repo);
    for (int round = 0; round < 3; round++) {
      int number = round;
      Crowd.write(
          repo.writer,
          DID,
          IntStream.range(0, 5).mapToObj(i -> List.of(creation("together" + number + i))).toList());
    }
    byte[] car = repo.car();
    loseIndex(repo);
    assertThat(rebuild().findings()).isEmpty();
    assertThat(repo.car()).isEqualTo(car);
  }

  @Test
  void aWriteThatOnlyWantedItsCommitPointIsTakenOrLeftWhole() throws Exception {
    repo.write(creation("a"));
    Tid dead = die(repo, creation("b"));
    loseIndex(repo);
    assertThat(rebuild().rev()).isEqualTo(dead);
    assertThat(repo.reader.record(DID, path("b"))).isPresent();
  }

  @Test
  void ofRivalsAtTheEndTheOneThatTheIndexKnowsIsTaken() throws Exception {
    Tid committed = repo.write(creation("a")).rev();
    // The rival began from the same head, a moment later by its clock.
    Objects.Metadata metadata = repo.objects.metadata(RepoKeys.pack(DID, committed)).orElseThrow();
    RepoFixture other = new RepoFixture();
    assertThat(other.head().commit()).isNotNull();
    Tid later = repo.tids.nextAfter(committed);
    repo.objects.putIfAbsent(RepoKeys.pack(DID, later), new byte[] {1}, metadata);
    repo.memory.batchDelete(List.of(RepoKeys.head(DID)));
    assertThat(rebuild().rev()).isEqualTo(committed);
  }

  @Test
  void afterPacksWereMergedTheFullOneAndWhatFollowedAreEnough() throws Exception {
    fill(repo);
    for (int i = 0; i < Tidying.MANY; i++) {
      repo.write(creation("m" + i));
    }
    repo.tidy();
    repo.settle();
    repo.advance(Duration.ofDays(4));
    repo.memory.sweep(repo.now());
    repo.tidy();
    assertThat(packs(repo)).hasSize(1);
    repo.write(creation("z1"), deletion("m7"));
    repo.write(creation("z2"));
    byte[] before = repo.car();
    loseIndex(repo);
    assertThat(rebuild().findings()).isEmpty();
    assertThat(repo.car()).isEqualTo(before);
  }

  private static void flip(RepoFixture repo, String name, int back) {
    byte[] bytes = repo.objects.get(name).orElseThrow();
    Objects.Metadata metadata = repo.objects.metadata(name).orElseThrow();
    bytes[bytes.length - back] ^= 4;
    repo.objects.delete(name);
    repo.objects.putIfAbsent(name, bytes, metadata);
  }

  @Test
  void aDamagedLastPackIsNamedAndGivenUpOnlyWhereTheLossIsAccepted() throws Exception {
    repo.write(creation("a"));
    byte[] before = repo.car();
    Tid last = repo.write(creation("b")).rev();
    flip(repo, RepoKeys.pack(DID, last), 10);
    Head head = repo.head();
    assertThatThrownBy(this::rebuild)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(RepoKeys.pack(DID, last));
    assertThat(repo.head()).isEqualTo(head);

    RepoRebuild.Outcome outcome = rebuild(repo, true);
    assertThat(outcome.latest()).isFalse();
    assertThat(repo.car()).isEqualTo(before);
  }

  @Test
  void aMissingPackIsNamed() throws Exception {
    repo.write(creation("a"));
    Tid lost = repo.write(creation("b")).rev();
    repo.write(creation("c"));
    repo.objects.delete(RepoKeys.pack(DID, lost));
    loseIndex(repo);
    assertThatThrownBy(this::rebuild).isInstanceOf(StoreException.class);
    RepoRebuild.Outcome outcome = rebuild(repo, true);
    assertThat(outcome.findings()).anyMatch(finding -> finding.contains("packs are missing"));
    assertThat(repo.reader.record(DID, path("a"))).isPresent();
  }

  @Test
  void anotherKeysCommitsAreNotTaken() throws Exception {
    repo.write(creation("a"));
    PrivateKey other = PrivateKey.generate(Curve.K256, new SecureRandom());
    RepoRebuild rebuild =
        new RepoRebuild(
            repo.memory, repo.objects, repo.tids, Path.of(System.getProperty("java.io.tmpdir")));
    assertThatThrownBy(() -> rebuild.rebuild(DID, other.publicKey(), RepoState.ACTIVE, true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("not signed by the account's key");
  }

  @Test
  void aRebuildThatWasCutShortIsDoneAgain() throws Exception {
    fill(repo);
    repo.settle();
    Map<String, Item> items = items(repo);
    int points = 0;
    boolean died;
    do {
      died = false;
      Dying process = new Dying(points);
      try {
        new RepoRebuild(
                process.on(repo.memory),
                process.on(repo.objects),
                repo.tids,
                Path.of(System.getProperty("java.io.tmpdir")))
            .rebuild(DID, repo.key.publicKey(), RepoState.ACTIVE, false);
      } catch (Dying.Death e) {
        died = true;
      }
      rebuild();
      assertThat(items(repo)).as("after a crash at call %s", points).isEqualTo(items);
      points++;
    } while (died);
    System.out.println("RepoRebuild: " + points + " crash points tried and survived");
    assertThat(points).isGreaterThan(20);
  }
}
