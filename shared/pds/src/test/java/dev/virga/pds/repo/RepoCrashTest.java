package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.path;
import static dev.virga.pds.repo.RepoFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.pds.store.Faults;
import dev.virga.pds.sync.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that dies before any one of a commit's writes to the Index. */
class RepoCrashTest {
  /** A third each of creations, replacements and deletions. */
  private static List<RecordIntent> intents(int count) {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String rkey = "k%03d".formatted(i);
      intents.add(
          switch (i % 3) {
            case 0 -> creation("new" + rkey);
            case 1 -> new RecordIntent.Update(path(rkey), record("replaced"));
            default -> deletion(rkey);
          });
    }
    return intents;
  }

  private static List<RecordIntent> beforehand() {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < RepoWriter.MAX_WRITES; i++) {
      intents.add(creation("k%03d".formatted(i)));
    }
    return intents;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 200})
  void everyCrashLeavesTheCommitWholeOrUndone(int size) throws Exception {
    boolean crashed;
    int points = 0;
    do {
      RepoFixture repo = new RepoFixture();
      repo.writer.write(DID, beforehand(), null);
      Map<String, Cid> before = tree(repo);
      repo.heads.forget(DID);

      Faults crash = Faults.ofWrites();
      crash.plan(points, Faults.Kind.DEATH_BEFORE);
      crashed = writeAndCrash(repo, crash, intents(size));

      Map<String, Cid> after = tree(repo);
      Map<String, Cid> expected = crashed && after.equals(before) ? before : applied(before, size);
      assertThat(after).as("crash before write %s", points).isEqualTo(expected);
      assertThat(items(repo)).as("items after a crash before write %s", points).isEqualTo(after);
      assertOneEventForEachCommit(repo, after.equals(before) ? 2 : 3);
      repo.write(creation("afterwards"));
      points++;
    } while (crashed);
    assertThat(points).isGreaterThan(1);
  }

  private static boolean writeAndCrash(RepoFixture repo, Faults crash, List<RecordIntent> intents) {
    try {
      repo.writerOn(crash.around(repo.memory)).write(DID, intents, null);
      return false;
    } catch (Faults.Death e) {
      return true;
    }
  }

  private static Map<String, Cid> applied(Map<String, Cid> before, int size) {
    Map<String, Cid> after = new TreeMap<>(before);
    for (RecordIntent intent : intents(size)) {
      switch (intent) {
        case RecordIntent.Create create ->
            after.put(create.path().toString(), create.record().cid());
        case RecordIntent.Update update ->
            after.put(update.path().toString(), update.record().cid());
        case RecordIntent.Delete delete -> after.remove(delete.path().toString());
        case RecordIntent.Put _ -> throw new AssertionError();
      }
    }
    return after;
  }

  /** What the current tree says, as a fresh process finds it. */
  private static Map<String, Cid> tree(RepoFixture repo) {
    Head head = repo.head();
    assertThat(head.pending()).isNull();
    Map<String, Cid> entries = new TreeMap<>();
    Mst.load(head.root(), repo.reader.nodes(DID, head)).forEach(entries::put);
    return entries;
  }

  /** What the record items say. */
  private static Map<String, Cid> items(RepoFixture repo) {
    Map<String, Cid> entries = new TreeMap<>();
    repo.memory.entries().stream()
        .filter(entry -> entry.key().sort().startsWith("rec#"))
        .map(entry -> RepoKeys.recordPath(entry.key()))
        .forEach(
            path ->
                entries.put(
                    path, repo.reader.record(DID, RepoPath.parse(path)).orElseThrow().cid()));
    return entries;
  }

  private static void assertOneEventForEachCommit(RepoFixture repo, int commits) throws Exception {
    repo.settle();
    List<LogEntry> events = repo.log.after(0, repo.log.last(), 100);
    // The first commit comes with a #sync.
    assertThat(events).hasSize(commits + 1);
    for (LogEntry event : events) {
      if (event.pack() != null) {
        assertThat(repo.objects.get(event.pack())).isPresent();
      }
    }
  }
}
