package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.large;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.AfterPut;
import dev.virga.pds.store.Dying;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.LogEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TidyingTest {
  private static final Duration WINDOW = Duration.ofDays(3);

  private final RepoFixture repo = new RepoFixture();

  private List<String> names() {
    return names(repo);
  }

  private static List<String> names(RepoFixture repo) {
    return repo.objects.list(RepoKeys.packs(DID), null).objects().stream()
        .map(Objects.Listed::name)
        .toList();
  }

  /** Time passes, and with it what has its end. */
  private static void pass(RepoFixture repo, Duration time) throws Exception {
    repo.settle();
    repo.advance(time);
    repo.memory.sweep(repo.now());
  }

  @Test
  void aPackSaysWhatItFollows() {
    Head before = repo.head();
    Tid first = repo.write(creation("a")).rev();
    Tid second = repo.write(deletion("a")).rev();
    PackNote one = note(first);
    assertThat(one).isEqualTo(PackNote.following(PackNote.Kind.COMMIT, before, 0));
    assertThat(note(second).since()).isEqualTo(first);
    assertThat(note(second).drops()).isEqualTo(1);
    assertThat(note(before.rev()).since()).isNull();
  }

  private PackNote note(Tid rev) {
    return PackNote.from(repo.objects.metadata(RepoKeys.pack(DID, rev)).orElseThrow())
        .orElseThrow();
  }

  @Test
  void aPackThatNeverBecameCurrentIsRemovedADayAfterItWasFirstSeen() throws Exception {
    repo.write(creation("a"));
    String orphan = leaveOrphan(repo);
    repo.write(creation("b"));
    assertThat(names()).contains(orphan);

    pass(repo, Duration.ofDays(40));
    assertThat(repo.tidy().removed()).isZero();
    pass(repo, Duration.ofHours(23));
    assertThat(repo.tidy().removed()).isZero();
    pass(repo, Duration.ofHours(2));
    assertThat(repo.tidy().removed()).isEqualTo(1);
    assertThat(names()).doesNotContain(orphan).hasSize(3);
  }

  /** What a writer leaves that dies between its pack and the commit point. */
  private static String leaveOrphan(RepoFixture repo) {
    PackNote note = PackNote.following(PackNote.Kind.COMMIT, repo.head(), 0);
    String name = RepoKeys.pack(DID, repo.tids.nextAfter(repo.head().rev()));
    repo.objects.putIfAbsent(name, new byte[] {1}, note.toMetadata());
    return name;
  }

  @Test
  void aSuspectThatBecomesCurrentAfterAllStays() throws Exception {
    Head head = repo.head();
    Tid late = repo.tids.nextAfter(head.rev());
    String name = RepoKeys.pack(DID, late);
    repo.objects.putIfAbsent(
        name, new byte[] {1}, PackNote.following(PackNote.Kind.COMMIT, head, 0).toMetadata());
    repo.tidy();
    Head committed =
        new Head(
            late + "",
            head.state(),
            late,
            head.commit(),
            head.commitBlock(),
            head.root(),
            YoungNodes.NONE,
            null);
    repo.memory.batchPut(List.of(new Entry(RepoKeys.head(DID), committed.toItem())));
    pass(repo, Duration.ofDays(2));
    repo.tidy();
    assertThat(names()).contains(name);
  }

  @Test
  void manyPacksAreMergedAndReplacedOnceTheLogHasForgottenThem() throws Exception {
    repo.write(large("big", 'x'), large("other", 'y'));
    for (int i = 0; i < Tidying.MANY + 10; i++) {
      repo.write(creation("n" + i));
    }
    byte[] before = repo.car();

    assertThat(repo.tidy()).isEqualTo(new Tidying.Done(true, 0));
    assertThat(names()).contains(RepoKeys.full(DID, repo.head().rev()));
    assertThat(repo.objects.get(RepoKeys.full(DID, repo.head().rev()))).contains(before);
    assertPacksAreThere(repo);

    pass(repo, Duration.ofHours(3));
    assertThat(repo.tidy().removed()).isZero();
    pass(repo, WINDOW);
    assertThat(repo.tidy().removed()).isEqualTo(Tidying.MANY + 12);
    assertThat(names()).containsExactly(RepoKeys.full(DID, repo.head().rev()));
    assertThat(repo.car()).isEqualTo(before);
    repo.write(creation("afterwards"));
    assertThat(names()).hasSize(2);
  }

  @Test
  void whatWasDeletedIsGoneFromAllObjectsADayAfterTheWindow() throws Exception {
    repo.write(large("secret", 's'));
    pass(repo, Duration.ofHours(1));
    repo.tidy();
    repo.write(deletion("secret"));
    for (int day = 0; day < 5; day++) {
      repo.tidy();
      pass(repo, Duration.ofDays(1));
    }
    repo.tidy();
    assertThat(names()).containsExactly(RepoKeys.full(DID, repo.head().rev()));
    for (String name : names()) {
      assertThat(
              new String(
                  repo.objects.get(name).orElseThrow(),
                  java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("ssssssssss");
    }
  }

  @Test
  void aQuietRepositoryIsLookedAtRarely() {
    repo.write(creation("a"));
    repo.tidy();
    Dying calls = new Dying(2);
    assertThat(repo.tidying(calls.on(repo.memory), calls.on(repo.objects)).tidy(DID))
        .isEqualTo(Tidying.Done.NOTHING);
  }

  @Test
  void damagedBlocksAreNotMerged() throws Exception {
    repo.write(large("big", 'x'));
    repo.write(deletion("big"), large("kept", 'k'));
    String pack = repo.reader.head(DID).map(head -> RepoKeys.pack(DID, head.rev())).orElseThrow();
    byte[] bytes = repo.objects.get(pack).orElseThrow();
    Objects.Metadata metadata = repo.objects.metadata(pack).orElseThrow();
    bytes[bytes.length - 100] ^= 1;
    repo.objects.delete(pack);
    repo.objects.putIfAbsent(pack, bytes, metadata);
    repo.advance(WINDOW);
    List<String> before = names();
    assertThatThrownBy(repo::tidy)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("damaged");
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void nothingStaysBehindOfARepositoryDeletedMeanwhile() {
    for (int i = 0; i < Tidying.MANY; i++) {
      repo.write(creation("n" + i));
    }
    String full = RepoKeys.full(DID, repo.head().rev());
    Objects deleting =
        new AfterPut(
            repo.objects, full, () -> repo.memory.batchDelete(List.of(RepoKeys.head(DID))));
    repo.tidying(repo.memory, deleting).tidy(DID);
    assertThat(names()).doesNotContain(full);
  }

  /** Dies at every call of each round in turn; the next process carries on. */
  @Test
  void everyCrashLeavesTheRepositoryWhole() throws Exception {
    int points = 0;
    boolean died;
    do {
      RepoFixture fresh = busy();
      byte[] before = fresh.car();
      Dying process = new Dying(points);
      died = false;
      Tidying dying = fresh.tidying(process.on(fresh.memory), process.on(fresh.objects));
      for (int round = 0; round < 4; round++) {
        try {
          dying.tidy(DID);
        } catch (Dying.Death e) {
          died = true;
          dying = fresh.tidying(fresh.memory, fresh.objects);
        }
        assertPacksAreThere(fresh);
        assertThat(fresh.car()).as("after a crash at call %s", points).isEqualTo(before);
        pass(fresh, Duration.ofHours(49));
      }
      fresh.tidy();
      assertThat(names(fresh))
          .as("after a crash at call %s", points)
          .containsExactly(RepoKeys.full(DID, fresh.head().rev()));
      points++;
    } while (died);
    System.out.println("Tidying: " + points + " crash points tried and survived");
    assertThat(points).isGreaterThan(20);
  }

  private static RepoFixture busy() throws Exception {
    RepoFixture fresh = new RepoFixture();
    fresh.write(large("big", 'x'), large("other", 'y'));
    for (int i = 0; i < 10; i++) {
      fresh.write(creation("n" + i));
    }
    leaveOrphan(fresh);
    fresh.write(deletion("n3"), large("big", 'z'));
    fresh.settle();
    fresh.advance(Duration.ofHours(50));
    fresh.memory.sweep(fresh.now());
    return fresh;
  }

  /** Everything that an item, or the log, points to. */
  private static void assertPacksAreThere(RepoFixture repo) throws Exception {
    repo.settle();
    Map<String, String> missing = new TreeMap<>();
    for (Entry entry : repo.memory.entries()) {
      entry
          .item()
          .text("pack")
          .filter(pack -> repo.objects.size(pack).isEmpty())
          .ifPresent(pack -> missing.put(entry.key().toString(), pack));
    }
    for (LogEntry event : repo.log.after(0, repo.log.last(), 1_000)) {
      if (event.pack() != null && repo.objects.size(event.pack()).isEmpty()) {
        missing.put("event " + event.seq(), event.pack());
      }
    }
    assertThat(missing).isEmpty();
  }
}
