package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process in the middle of its writes and looks for what it had acknowledged. */
class CrashTest {
  private static final int KILLS = 3;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 150;

  @TempDir Path directory;

  @Test
  void keepsWhatWasAcknowledgedWhenTheProcessIsKilled() throws Exception {
    Map<Integer, Integer> acknowledged = new TreeMap<>();
    int first = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      first = runAndKill(first, acknowledged) + 1;
      try (SqliteIndex index = open()) {
        assertThat(acknowledged).hasSize(CrashingWriter.WRITERS);
        for (int writer : acknowledged.keySet()) {
          int head = head(index, writer);
          first = Math.max(first, head + 1);
          assertThat(head).isGreaterThanOrEqualTo(acknowledged.getOrDefault(writer, 0));
          assertWhole(index, writer, head);
        }
      }
    }
    assertFeedIsWhole();
  }

  private SqliteIndex open() {
    return SqliteIndex.open(directory.resolve("index.db"), Durability.PROCESS, Set.of("outbox#"));
  }

  /** The highest number that was acknowledged to any writer. */
  private int runAndKill(int first, Map<Integer, Integer> acknowledged) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                directory.toString(),
                Integer.toString(first),
                Durability.PROCESS.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int highest = first;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      int count = 0;
      @Nullable String line;
      while ((line = lines.readLine()) != null) {
        String[] parts = line.split(" ", -1);
        int n = Integer.parseInt(parts[1]);
        acknowledged.merge(Integer.parseInt(parts[0]), n, Math::max);
        highest = Math.max(highest, n);
        if (++count == ACKNOWLEDGED_BEFORE_KILL) {
          process.toHandle().destroyForcibly();
        }
      }
      assertThat(count).isGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_KILL);
    } finally {
      process.destroyForcibly().waitFor();
    }
    return highest;
  }

  private static int head(SqliteIndex index, int writer) {
    return Math.toIntExact(
        index.get(new Key("w" + writer, "head")).orElseThrow().requireNumber("n"));
  }

  /** Each transaction is there as a whole, and so is the object that went before it. */
  private void assertWhole(SqliteIndex index, int writer, int head) {
    Set<Long> left = numbers(index, writer, "a#");
    assertThat(left).contains((long) head);
    assertThat(numbers(index, writer, "b#")).isEqualTo(left);
    try (LocalObjects objects =
        LocalObjects.open(directory.resolve("objects"), Durability.PROCESS)) {
      for (long number : left) {
        int n = Math.toIntExact(number);
        assertThat(objects.get(CrashingWriter.name(writer, n)))
            .hasValueSatisfying(
                bytes -> assertThat(bytes).isEqualTo(CrashingWriter.content(writer, n)));
      }
    }
  }

  private static Set<Long> numbers(SqliteIndex index, int writer, String prefix) {
    Set<Long> numbers = new HashSet<>();
    String last = null;
    Page page;
    do {
      page = index.query(Query.forward("w" + writer, Range.prefix(prefix).after(last), 1_000));
      for (var entry : page.entries()) {
        numbers.add(entry.item().requireNumber("n"));
        last = entry.key().sort();
      }
    } while (page.more());
    return numbers;
  }

  private void assertFeedIsWhole() throws Exception {
    try (SqliteIndex index = open()) {
      Set<Key> expected = new HashSet<>();
      for (int writer = 0; writer < CrashingWriter.WRITERS; writer++) {
        for (long n : numbers(index, writer, "a#")) {
          expected.add(new Key("w" + writer, "outbox#%09d".formatted(n)));
        }
      }
      BlockingQueue<List<Change>> batches = new LinkedBlockingQueue<>();
      index.deliver(batches::add);
      while (!expected.isEmpty()) {
        List<Change> batch = batches.poll(60, TimeUnit.SECONDS);
        assertThat(batch).as("a batch within a minute").isNotNull();
        batch.forEach(change -> expected.remove(change.key()));
      }
    }
  }
}
