package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.path;
import static dev.virga.pds.repo.RepoFixture.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstEntry;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepoWriterTest {
  private final RepoFixture repo = new RepoFixture();

  @Test
  void aNewRepositoryIsEmptyAndSigned() {
    Head head = repo.head();
    assertThat(head.root()).isEqualTo(Mst.empty().root());
    Commit commit = Commit.decode(head.commitBlock());
    assertThat(commit.verify(repo.key.publicKey())).isTrue();
    assertThat(commit.cid()).isEqualTo(head.commit());
  }

  @Test
  void aCommitIsSignedAndItsTreeHoldsTheRecord() {
    WriteOutcome.Committed made = repo.write(creation("a"));
    Head head = repo.head();
    assertThat(made).isEqualTo(new WriteOutcome.Committed(head.commit(), head.rev()));
    Commit commit = Commit.decode(head.commitBlock());
    assertThat(commit.verify(repo.key.publicKey())).isTrue();
    assertThat(commit.data()).isEqualTo(head.root());
    RepoRecord stored = repo.reader.record(DID, path("a")).orElseThrow();
    assertThat(stored.cid()).isEqualTo(record("note a").cid());
    assertThat(stored.bytes()).isEqualTo(record("note a").bytes());
    assertThat(treeOf(head)).containsExactlyEntriesOf(Map.of(path("a").toString(), stored.cid()));
  }

  @Test
  void thePackOfACommitIsACarWithTheCommitAsRoot() throws IOException {
    repo.write(creation("a"));
    Head head = repo.head();
    byte[] pack = repo.objects.get("repos/" + DID + "/" + head.rev() + ".car").orElseThrow();
    try (CarReader car =
        new CarReader(
            new ByteArrayInputStream(pack), new CarReader.Limits(1_000_000, 100, 2_000_000))) {
      assertThat(car.root()).isEqualTo(head.commit());
      assertThat(car.readAll())
          .containsOnlyKeys(head.commit(), head.root(), record("note a").cid());
    }
  }

  @Test
  void swapCommitMustNameTheCurrentCommit() {
    Cid first = repo.head().commit();
    repo.write(creation("a"));
    assertThatThrownBy(() -> repo.writer.write(DID, List.of(creation("b")), first))
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.error()).isEqualTo("InvalidSwap");
              assertThat(e).hasMessageContaining(repo.head().commit().toString());
            });
    repo.writer.write(DID, List.of(creation("b")), repo.head().commit());
    assertThat(repo.reader.record(DID, path("b"))).isPresent();
  }

  @Test
  void swapRecordMustNameTheCurrentRecordOrItsAbsence() {
    RecordIntent onlyIfAbsent =
        new RecordIntent.Put(path("a"), record("one"), new RecordIntent.Swap.Nothing());
    repo.write(onlyIfAbsent);
    assertThat(repo.writer.write(DID, List.of(onlyIfAbsent), null))
        .as("sent again")
        .isEqualTo(new WriteOutcome.Unchanged());
    assertRefused(
        "InvalidSwap",
        new RecordIntent.Put(path("a"), record("other"), new RecordIntent.Swap.Nothing()));
    assertRefused(
        "InvalidSwap",
        new RecordIntent.Put(
            path("a"), record("two"), new RecordIntent.Swap.Exactly(record("x").cid())));
    repo.write(
        new RecordIntent.Put(
            path("a"), record("two"), new RecordIntent.Swap.Exactly(record("one").cid())));
    assertRefused(
        "InvalidSwap",
        new RecordIntent.Delete(
            path("a"), new RecordIntent.Swap.Exactly(record("one").cid()), false));
  }

  @Test
  void whatIsThereIsNotCreatedAndWhatIsNotIsNeitherUpdatedNorDeleted() {
    repo.write(creation("a"));
    Head before = repo.head();
    assertRefused("InvalidRequest", creation("a"));
    assertRefused("InvalidRequest", new RecordIntent.Update(path("b"), record("b")));
    assertRefused("InvalidRequest", deletion("b"));
    assertRefused("InvalidRequest", creation("c"), creation("a"));
    assertRefused("InvalidRequest", creation("c"), creation("c"));
    assertThat(repo.head()).isEqualTo(before);
    assertThat(repo.reader.record(DID, path("c"))).isEmpty();
  }

  @Test
  void theSameRecordAgainAndTheDeletionOfNothingMakeNoCommit() {
    repo.write(creation("a"));
    Head before = repo.head();
    assertThat(
            repo.writer.write(
                DID,
                List.of(
                    new RecordIntent.Put(path("a"), record("note a"), RecordIntent.Swap.ANY),
                    new RecordIntent.Delete(path("b"), RecordIntent.Swap.ANY, false)),
                null))
        .isEqualTo(new WriteOutcome.Unchanged());
    assertThat(repo.head()).isEqualTo(before);
  }

  @Test
  void thatThereIsNothingToDoIsNeverSaidOfAStateThatAnotherProcessChanged() {
    RepoWriter other = repo.freshWriter();
    other.write(DID, List.of(creation("a")), null);
    repo.write(new RecordIntent.Put(path("a"), record("two"), RecordIntent.Swap.ANY));
    RecordIntent back = new RecordIntent.Put(path("a"), record("note a"), RecordIntent.Swap.ANY);
    assertThat(other.write(DID, List.of(back), null)).isInstanceOf(WriteOutcome.Committed.class);
    assertThat(repo.reader.record(DID, path("a")).orElseThrow().cid())
        .isEqualTo(record("note a").cid());

    repo.write(creation("b"));
    RecordIntent gone = new RecordIntent.Delete(path("b"), RecordIntent.Swap.ANY, false);
    assertThat(other.write(DID, List.of(gone), null)).isInstanceOf(WriteOutcome.Committed.class);
    assertThat(repo.reader.record(DID, path("b"))).isEmpty();
  }

  @Test
  void aHeadFromMemoryWhoseTreeIsGoneIsReadAgain() throws Exception {
    RepoWriter other = repo.writerWithoutCache();
    List<RecordIntent> many = IntStream.range(0, 200).mapToObj(i -> creation("r" + i)).toList();
    other.write(DID, many, null);
    for (int i = 0; i < 200; i++) {
      repo.write(new RecordIntent.Put(path("r" + i), record("new " + i), RecordIntent.Swap.ANY));
    }
    repo.settle();
    assertThat(loseReplacedNodes()).isPositive();
    RecordIntent put = new RecordIntent.Put(path("r7"), record("newest"), RecordIntent.Swap.ANY);
    assertThat(other.write(DID, List.of(put), null)).isInstanceOf(WriteOutcome.Committed.class);
    assertThat(treeOf(repo.head()))
        .hasSize(200)
        .containsEntry(path("r7").toString(), record("newest").cid())
        .containsEntry(path("r8").toString(), record("new 8").cid());
  }

  /** As expiry does a day later; gives how many. */
  private int loseReplacedNodes() {
    List<Key> expiring =
        repo
            .memory
            .query(Query.forward(DID.text(), Range.prefix("node#"), Query.MAX_LIMIT))
            .entries()
            .stream()
            .filter(entry -> entry.expires() != null)
            .map(Entry::key)
            .toList();
    repo.memory.batchDelete(expiring);
    return expiring.size();
  }

  @Test
  void aWriteWithoutIntentsMakesAnEmptyCommit() {
    Head before = repo.head();
    repo.write();
    assertThat(repo.head().root()).isEqualTo(before.root());
    assertThat(repo.head().rev()).isGreaterThan(before.rev());
  }

  @Test
  void tooManyIntentsAreRefused() {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i <= RepoWriter.MAX_WRITES; i++) {
      intents.add(creation("k" + i));
    }
    assertThatThrownBy(() -> repo.writer.write(DID, intents, null))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("200");
  }

  @Test
  void twoHundredWritesAreOneCommitWhichIsAllThere() {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < RepoWriter.MAX_WRITES; i++) {
      intents.add(creation("k%03d".formatted(i)));
    }
    repo.writer.write(DID, intents, null);
    Head head = repo.head();
    assertThat(head.pending()).isNull();
    assertThat(treeOf(head)).hasSize(200);
    intents.forEach(
        intent -> assertThat(repo.reader.record(DID, intent.path())).as("%s", intent).isPresent());
    assertThat(repo.objects.names()).noneMatch(name -> name.endsWith(".redo"));
  }

  @Test
  void whatIsInactiveIsNotWritten() throws Exception {
    repo.write(creation("a"));
    for (RepoState state : List.of(RepoState.TAKENDOWN, RepoState.DEACTIVATED)) {
      repo.memory.transact(List.of(Heads.stateWrite(DID, repo.head(), state, repo.tids.next())));
      // The writer still remembers the head as active; the etag tells it.
      String error = state == RepoState.TAKENDOWN ? "AccountTakedown" : "AccountDeactivated";
      assertRefused(error, creation("b" + state));
    }
    repo.memory.transact(
        List.of(Heads.stateWrite(DID, repo.head(), RepoState.ACTIVE, repo.tids.next())));
    repo.write(creation("c"));
  }

  @Test
  void aSecondLikeOfTheSameTakesTheFirstAway() {
    RecordIntent.Prepared like = unique("one");
    repo.write(new RecordIntent.Create(path("a"), like, true));
    repo.write(new RecordIntent.Create(path("b"), unique("one"), true));
    assertThat(repo.reader.record(DID, path("a"))).isEmpty();
    assertThat(treeOf(repo.head())).containsOnlyKeys(path("b").toString());
    repo.write(new RecordIntent.Create(path("c"), unique("one"), false));
    assertThat(treeOf(repo.head())).hasSize(2);
    repo.write(deletion("c"));
    repo.write(new RecordIntent.Create(path("d"), unique("two"), true));
    assertThat(treeOf(repo.head())).hasSize(2);
  }

  private static RecordIntent.Prepared unique(String claim) {
    RecordIntent.Prepared record = record("like of " + claim);
    return new RecordIntent.Prepared(record.bytes(), record.cid(), List.of(), claim);
  }

  @Test
  void writersInSeveralProcessesLoseNothing() throws Exception {
    List<RepoWriter> processes =
        List.of(repo.writer, repo.freshWriter(), repo.freshWriter(), repo.freshWriter());
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < processes.size(); p++) {
      RepoWriter writer = processes.get(p);
      String name = "p" + p + "-";
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 25; i++) {
                        writer.write(DID, List.of(creation(name + i)), null);
                      }
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(treeOf(repo.head())).hasSize(100);
    // Each commit has its pack, and those that lost the race have left none behind.
    assertThat(repo.objects.names()).filteredOn(name -> name.endsWith(".car")).hasSize(101);
  }

  @Test
  void randomWritesAgreeWithAMapAndWithABulkBuild() {
    long seed = 42;
    Random random = new Random(seed);
    Map<String, Cid> model = new TreeMap<>();
    for (int commit = 0; commit < 150; commit++) {
      Map<String, RecordIntent> intents = new HashMap<>();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        String rkey = "r" + random.nextInt(60);
        String key = path(rkey).toString();
        boolean there = model.containsKey(key);
        if (there && random.nextInt(3) == 0) {
          intents.put(key, deletion(rkey));
        } else {
          intents.put(
              key,
              new RecordIntent.Put(
                  path(rkey), record("v" + random.nextInt(4)), RecordIntent.Swap.ANY));
        }
      }
      repo.writer.write(DID, List.copyOf(intents.values()), null);
      intents.forEach(
          (key, intent) -> {
            if (intent instanceof RecordIntent.Put put) {
              model.put(key, put.record().cid());
            } else {
              model.remove(key);
            }
          });
    }
    assertThat(treeOf(repo.head())).as("seed %s", seed).isEqualTo(model);
    Cid built =
        Mst.build(
                model.entrySet().stream()
                    .map(entry -> new MstEntry(entry.getKey(), entry.getValue()))
                    .iterator())
            .root();
    assertThat(repo.head().root()).isEqualTo(built);
    model.forEach(
        (key, cid) ->
            assertThat(repo.reader.record(DID, RepoPath.parse(key)).map(RepoRecord::cid))
                .isEqualTo(Optional.of(cid)));
  }

  @Test
  void warmCreationsReadNothing() {
    CountingIndex counting = new CountingIndex();
    RepoFixture counted = new RepoFixture(counting::around);
    counted.write(creation("a"));
    counted.write(creation("b"));
    counting.reset();
    counted.write(creation("c"));
    assertThat(counting.calls()).containsExactlyEntriesOf(Map.of("transactAfter", 1));
  }

  @Test
  void coldCreationsReadTheHeadAndTheLastPack() {
    CountingIndex counting = new CountingIndex();
    RepoFixture counted = new RepoFixture(counting::around);
    for (int i = 0; i < 50; i++) {
      counted.write(creation("k%02d".formatted(i)));
    }
    RepoWriter fresh = counted.freshWriter();
    counting.reset();
    fresh.write(DID, List.of(creation("k99")), null);
    assertThat(counting.calls())
        .containsExactlyInAnyOrderEntriesOf(Map.of("get", 1, "transactAfter", 1));
  }

  private Map<String, Cid> treeOf(Head head) {
    Map<String, Cid> entries = new TreeMap<>();
    Mst.load(head.root(), repo.reader.nodes(DID, head)).forEach(entries::put);
    return entries;
  }

  private void assertRefused(String error, RecordIntent... intents) {
    assertThatThrownBy(() -> repo.writer.write(DID, List.of(intents), null))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.error()).isEqualTo(error));
  }
}
