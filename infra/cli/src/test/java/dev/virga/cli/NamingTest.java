package dev.virga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The code that names items and objects is known to {@link StoredKind}. Who adds a name adds its
 * kind there, sees to it that {@code virga verify} knows it, and corrects the numbers here.
 */
class NamingTest {
  private static final Path ROOT = Path.of(System.getProperty("virga.root"));
  private static final List<String> SOURCES =
      List.of("shared/pds", "shared/aws", "functions", "infra/host");

  /** How many keys each class makes, and of which kinds. */
  private static final Map<String, Integer> KEYS =
      Map.ofEntries(
          Map.entry("AccountKeys", 7), // account, key, claims, listing; orders under way
          Map.entry("AccountSnapshots", 1), // snapshot
          Map.entry("AppPasswords", 1),
          Map.entry("BlobItems", 5), // blob, hidden, head, upload, reference
          Map.entry("EarnedInvites", 1),
          Map.entry("EventLog", 2), // sequencer, log
          Map.entry("InviteCodes", 4), // of whom, lists, use, code
          Map.entry("MailTokens", 2),
          Map.entry("Outbox", 1),
          Map.entry("PlcLedger", 2),
          Map.entry("Preferences", 1),
          Map.entry("RepoKeys", 8), // head, node, record, place, replaced, hidden, claim, tidy
          Map.entry("ReservedKeys", 1),
          Map.entry("Sessions", 1),
          // of the moment
          Map.entry("DidResolver", 1),
          Map.entry("Housekeeping", 1),
          Map.entry("Remains", 1),
          Map.entry("StrayBlobs", 1),
          Map.entry("Tally", 1),
          // not on a laptop, or only while something is under way
          Map.entry("Connections", 2),
          Map.entry("CrawlRequests", 1),
          Map.entry("IndexCheckpoints", 1),
          Map.entry("Restore", 1),
          Map.entry("Stragglers", 1),
          Map.entry("Turns", 1),
          // never stored
          Map.entry("Health", 1),
          // keys that others named
          Map.entry("AccountDump", 1),
          Map.entry("AccountOrder", 1),
          Map.entry("InviteAudit", 1),
          Map.entry("Key", 1), // those that are read back
          Map.entry("LocalObjects", 1), // objects in rows: the kinds of objects
          Map.entry("Row", 1),
          Map.entry("StoredWrites", 1));

  /** The folders that objects are in. */
  private static final Map<String, List<String>> FOLDERS =
      Map.of(
          "AccountDeletion", List.of("accounts/", "repos/", "blobs/", "quarantine/", "tmp/"),
          "AccountSnapshots", List.of("accounts/"),
          "BlobCheck", List.of("blobs/", "quarantine/"),
          "Blobs", List.of("blobs/"),
          "Quarantine", List.of("blobs/", "quarantine/"),
          "RepoKeys", List.of("repos/"),
          "Revival", List.of("repos/", "blobs/", "quarantine/"),
          "ServerCheck", List.of("accounts/", "blobs/", "quarantine/", "repos/"),
          "SignUpIntents", List.of("repos/"));

  @Test
  void everyKeyHasAKind() throws Exception {
    Map<String, Integer> found = new TreeMap<>();
    matches(SOURCES, "new Key\\(").forEach((name, hits) -> found.put(name, hits.size()));
    assertThat(found).isEqualTo(new TreeMap<>(KEYS));
  }

  @Test
  void everyObjectHasAKind() throws Exception {
    assertThat(matches(List.of("shared/pds"), "(?<=\")[a-z]+/(?=\")"))
        .isEqualTo(new TreeMap<>(FOLDERS));
  }

  private static Map<String, List<String>> matches(List<String> modules, String pattern)
      throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    for (String module : modules) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          List<String> hits =
              Pattern.compile(pattern)
                  .matcher(Files.readString(file))
                  .results()
                  .map(MatchResult::group)
                  .toList();
          if (!hits.isEmpty()) {
            found.put(String.valueOf(file.getFileName()).replace(".java", ""), hits);
          }
        }
      }
    }
    return found;
  }
}
