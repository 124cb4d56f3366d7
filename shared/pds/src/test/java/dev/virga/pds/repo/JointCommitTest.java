package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.path;
import static dev.virga.pds.repo.RepoFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.ForwardingObjects;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.LogEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writers of one process whose commits are stored in one go. */
class JointCommitTest {
  private final CountingIndex counted = new CountingIndex();
  private final RepoFixture repo = new RepoFixture(counted::around);

  private List<Crowd.Result> write(List<List<RecordIntent>> asked) {
    return Crowd.write(repo.writer, DID, asked);
  }

  private static List<List<RecordIntent>> creations(int number) {
    return IntStream.range(0, number).mapToObj(i -> List.of(creation("n" + i))).toList();
  }

  private static Tid rev(Crowd.Result result) {
    if (result.outcome() instanceof WriteOutcome.Committed(Cid _, Tid rev)) {
      return rev;
    }
    throw new AssertionError(result.failure());
  }

  private static Map<String, Cid> tree(RepoFixture repo) {
    Head head = repo.head();
    Map<String, Cid> entries = new TreeMap<>();
    Mst.load(head.root(), repo.reader.nodes(DID, head)).forEach(entries::put);
    return entries;
  }

  /** What the record items say. */
  private static Map<String, Cid> items(RepoFixture repo) {
    Map<String, Cid> entries = new TreeMap<>();
    repo.memory.entries().stream()
        .filter(entry -> entry.key().sort().startsWith("rec#"))
        .forEach(
            entry ->
                entries.put(
                    RepoKeys.recordPath(entry.key()),
                    Cid.fromBytes(entry.item().requireBytes("cid"))));
    return entries;
  }

  private static List<CommitEvent> commits(RepoFixture repo) throws Exception {
    repo.settle();
    List<CommitEvent> commits = new ArrayList<>();
    for (LogEntry event : repo.log.after(0, repo.log.last(), 1_000)) {
      if (EventBody.decode(event.event()) instanceof CommitEvent commit) {
        commits.add(commit);
        assertThat(repo.objects.get(RepoKeys.pack(DID, commit.rev()))).isPresent();
      }
    }
    return commits;
  }

  @Test
  void eachHasACommitOnTopOfTheOneBeforeAndAllShareATransaction() throws Exception {
    Head before = repo.head();
    counted.reset();
    List<Crowd.Result> results = write(creations(6));
    assertThat(counted.calls()).containsExactlyEntriesOf(Map.of("transactAfter", 1));

    List<CommitEvent> events = commits(repo).subList(1, 7);
    Tid since = before.rev();
    Cid prevData = before.root();
    for (int i = 0; i < 6; i++) {
      CommitEvent event = events.get(i);
      assertThat(event.rev()).isEqualTo(rev(results.get(i)));
      assertThat(event.since()).isEqualTo(since);
      assertThat(event.prevData()).isEqualTo(prevData);
      assertThat(event.ops())
          .singleElement()
          .extracting(CommitEvent.Op::path)
          .isEqualTo("com.example.note/n" + i);
      since = event.rev();
      PackNote note =
          PackNote.from(repo.objects.metadata(RepoKeys.pack(DID, event.rev())).orElseThrow())
              .orElseThrow();
      assertThat(note.joined()).isEqualTo(i > 0);
      prevData = i < 5 ? events.get(i + 1).prevData() : repo.head().root();
    }
    assertThat(repo.head().rev()).isEqualTo(since);
    assertThat(tree(repo)).hasSize(6).isEqualTo(items(repo));
  }

  @Test
  void whatAnotherWritesIsLeftForLater() {
    repo.write(creation("there"));
    List<Crowd.Result> results =
        write(
            List.of(
                List.of(creation("a")),
                List.of(creation("a")),
                List.of(deletion("there")),
                List.of(new RecordIntent.Update(path("there"), record("too late"))),
                List.of(creation("b"))));
    assertThat(results).filteredOn(result -> result.failure() == null).hasSize(3);
    assertThat(results.get(1).failure())
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("already exists");
    assertThat(results.get(3).failure())
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("Could not find record");
    assertThat(tree(repo).keySet())
        .containsExactly(path("a").toString(), path("b").toString())
        .isEqualTo(items(repo).keySet());
  }

  @Test
  void aRefusalIsOfThatOneOnly() {
    repo.write(creation("there"));
    List<Crowd.Result> results =
        write(
            List.of(
                List.of(creation("a")),
                List.of(creation("there")),
                List.of(
                    new RecordIntent.Put(
                        path("there"), record("note there"), RecordIntent.Swap.ANY)),
                List.of(creation("b"), creation("c"))));
    assertThat(results.get(1).failure()).isInstanceOf(XrpcException.class);
    assertThat(results.get(2).outcome()).isEqualTo(new WriteOutcome.Unchanged());
    assertThat(tree(repo)).hasSize(4).isEqualTo(items(repo));
  }

  @Test
  void thereIsOnlyOneLikeOfTheSame() {
    List<Crowd.Result> results =
        write(List.of(List.of(like("a")), List.of(creation("x")), List.of(like("b"))));
    assertThat(results).allMatch(result -> result.failure() == null);
    assertThat(tree(repo).keySet())
        .containsExactly(path("b").toString(), path("x").toString())
        .isEqualTo(items(repo).keySet());
  }

  private static RecordIntent like(String rkey) {
    RecordIntent.Prepared like = record("a like");
    return new RecordIntent.Create(
        path(rkey),
        new RecordIntent.Prepared(like.bytes(), like.cid(), List.of(), "like of it"),
        true);
  }

  /** Another process writes first: all is made anew on top, and nothing of the first try stays. */
  @Test
  void whoeverIsOvertakenBeginsAgain() throws Exception {
    boolean[] done = new boolean[1];
    Index overtaken =
        new ForwardingIndex(repo.memory) {
          @Override
          public void transact(List<Write> writes) throws ConditionFailedException {
            if (!done[0] && writes.size() > 3) {
              done[0] = true;
              repo.write(creation("overtaker"));
            }
            super.transact(writes);
          }
        };
    List<Crowd.Result> results = Crowd.write(repo.writerOn(overtaken), DID, creations(4));
    assertThat(done[0]).isTrue();
    assertThat(results).allMatch(result -> result.failure() == null);
    assertThat(tree(repo)).hasSize(5).isEqualTo(items(repo));
    assertThat(packs()).hasSize(commits(repo).size());
  }

  private List<String> packs() {
    return repo.objects.list(RepoKeys.packs(DID), null).objects().stream()
        .map(Objects.Listed::name)
        .toList();
  }

  /** A process with our clock identifier may have used the very same. */
  @Test
  void aRevisionThatIsTakenIsLeftAlone() throws Exception {
    List<String> taken = new ArrayList<>();
    Objects shared =
        new ForwardingObjects(repo.objects) {
          private int packs;

          @Override
          public boolean putIfAbsent(String name, byte[] content, Metadata metadata) {
            packs++;
            if (packs == 3) {
              taken.add(name);
              repo.objects.putIfAbsent(name, new byte[] {1}, Metadata.NONE);
            }
            return super.putIfAbsent(name, content, metadata);
          }
        };
    List<Crowd.Result> results = Crowd.write(repo.writerOn(repo.memory, shared), DID, creations(5));
    assertThat(results).allMatch(result -> result.failure() == null);
    assertThat(repo.objects.get(taken.getFirst()).orElseThrow()).containsExactly(1);
    repo.heads.forget(DID);
    assertThat(tree(repo)).hasSize(5).isEqualTo(items(repo));
    assertThat(packs()).hasSize(commits(repo).size() + 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Faults.Kind.class,
      names = {"OVERTAKEN"},
      mode = EnumSource.Mode.EXCLUDE)
  void eachIsWholeOrUndoneWhateverFails(Faults.Kind kind) throws Exception {
    boolean struck;
    int call = 0;
    do {
      RepoFixture world = new RepoFixture();
      for (int i = 0; i < 60; i++) {
        world.write(creation("k" + i));
      }
      Faults faults = new Faults();
      RepoWriter writer = world.writerOn(faults.around(world.memory), faults.around(world.objects));
      faults.plan(call, kind);
      List<List<RecordIntent>> asked = new ArrayList<>(creations(4));
      asked.add(List.of(deletion("k7")));
      asked.add(List.of(new RecordIntent.Update(path("k8"), record("replaced"))));
      List<Crowd.Result> results = List.of();
      try {
        results = Crowd.write(writer, DID, asked);
      } catch (Faults.Death e) {
        // Nobody was answered.
      }
      struck = faults.struck();
      String what = kind + " at call " + call + " " + faults.where();
      world.heads.forget(DID);
      Map<String, Cid> found = tree(world);
      assertThat(found).as(what).isEqualTo(items(world));
      int made = 0;
      for (int i = 0; i < results.size(); i++) {
        if (results.get(i).failure() == null) {
          made++;
          assertThat(holds(found, asked.get(i).getFirst())).as(what + ", write " + i).isTrue();
        } else {
          assertThat(results.get(i).failure()).as(what).isInstanceOf(StoreException.class);
        }
      }
      assertThat(commits(world)).as(what).hasSizeGreaterThanOrEqualTo(61 + made);
      world.write(creation("afterwards"));
      call++;
    } while (struck);
    assertThat(call).isGreaterThan(6);
  }

  private static boolean holds(Map<String, Cid> tree, RecordIntent intent) {
    Optional<Cid> found = Optional.ofNullable(tree.get(intent.path().toString()));
    return switch (intent) {
      case RecordIntent.Create create -> found.equals(Optional.of(create.record().cid()));
      case RecordIntent.Update update -> found.equals(Optional.of(update.record().cid()));
      case RecordIntent.Put put -> found.equals(Optional.of(put.record().cid()));
      case RecordIntent.Delete _ -> found.isEmpty();
    };
  }

  /** Together or one after the other, the outcome is the same tree. */
  @Test
  void manyRandomOnesComeToWhatTheySay() throws Exception {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    Map<String, Cid> expected = new TreeMap<>();
    int joint = 0;
    for (int round = 0; round < 150; round++) {
      List<List<RecordIntent>> asked = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        asked.add(intents(random));
      }
      counted.reset();
      List<Crowd.Result> results = write(asked);
      joint += counted.calls().getOrDefault("transactAfter", 0) < asked.size() ? 1 : 0;
      record Done(Tid rev, List<RecordIntent> intents) {}
      List<Done> done = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        if (results.get(i).outcome() instanceof WriteOutcome.Committed(Cid _, Tid rev)) {
          done.add(new Done(rev, asked.get(i)));
        } else if (results.get(i).failure() != null) {
          assertThat(results.get(i).failure()).isInstanceOf(XrpcException.class);
        }
      }
      done.sort(java.util.Comparator.comparing(Done::rev));
      done.forEach(one -> one.intents().forEach(intent -> apply(expected, intent)));
      assertThat(tree(repo)).as("seed %s, round %s", seed, round).isEqualTo(expected);
      assertThat(items(repo)).as("seed %s, round %s", seed, round).isEqualTo(expected);
      if (random.nextInt(10) == 0) {
        repo.settle();
      }
    }
    assertThat(joint).isGreaterThan(50);
  }

  private static List<RecordIntent> intents(Random random) {
    List<RecordIntent> intents = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      String rkey = "k" + random.nextInt(60);
      if (keys.add(rkey)) {
        intents.add(
            switch (random.nextInt(4)) {
              case 0 -> creation(rkey);
              case 1 -> new RecordIntent.Delete(path(rkey), RecordIntent.Swap.ANY, false);
              case 2 -> RepoFixture.large(rkey, (char) ('a' + random.nextInt(3)));
              default ->
                  new RecordIntent.Put(
                      path(rkey), record("text " + random.nextInt(5)), RecordIntent.Swap.ANY);
            });
      }
    }
    return intents;
  }

  private static void apply(Map<String, Cid> expected, RecordIntent intent) {
    String path = intent.path().toString();
    switch (intent) {
      case RecordIntent.Create create -> expected.put(path, create.record().cid());
      case RecordIntent.Put put -> expected.put(path, put.record().cid());
      case RecordIntent.Update update -> expected.put(path, update.record().cid());
      case RecordIntent.Delete _ -> expected.remove(path);
    }
  }

  /** A process that remembers heads but has no room for nodes finds those just made. */
  @Test
  void nodesOfCommitsThatAreNotStoredYetAreAtHand() {
    for (int i = 0; i < 100; i++) {
      repo.write(creation("k" + i));
    }
    List<List<RecordIntent>> asked = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      asked.add(List.of(deletion("k" + 5 * i), creation("m" + i)));
    }
    List<Crowd.Result> results = Crowd.write(repo.writerWithoutCache(), DID, asked);
    assertThat(results).allMatch(result -> result.failure() == null);
    repo.heads.forget(DID);
    assertThat(tree(repo)).hasSize(100).isEqualTo(items(repo));
    assertThat(DagCbor.decode(repo.head().commitBlock())).isNotNull();
  }
}
