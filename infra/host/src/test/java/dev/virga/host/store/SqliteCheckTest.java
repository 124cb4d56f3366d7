package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCheckTest {
  private static final int ITEMS = 300;
  private static final int FLIPS = 150;

  @TempDir private Path directory;
  private Path database;
  private final Map<Key, Item> written = new HashMap<>();

  @BeforeEach
  void fill() throws Exception {
    database = directory.resolve("index.db");
    Random random = new Random(1);
    try (SqliteIndex index = SqliteIndex.open(database, Durability.PROCESS, Set.of())) {
      for (int i = 0; i < ITEMS; i++) {
        byte[] bytes = new byte[random.nextInt(400)];
        random.nextBytes(bytes);
        Key key = new Key("did:plc:" + i % 7, "rec#" + i);
        Item item = Item.builder().bytes("block", bytes).text("name", "item " + i).build();
        index.batchPut(List.of(new Entry(key, item)));
        written.put(key, item);
      }
    }
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> problems(Path of) {
    List<String> problems = new ArrayList<>();
    try {
      SqliteCheck.run(of, problems::add);
    } catch (StoreException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return problems;
  }

  @Test
  void aWholeFileHasNoProblems() {
    List<String> problems = new ArrayList<>();
    assertThat(SqliteCheck.run(database, problems::add)).isEqualTo(ITEMS);
    assertThat(problems).isEmpty();
  }

  @Test
  void aChangedValueIsNamedByItsKey() throws Exception {
    execute(
        "UPDATE items SET attributes = CAST(replace(CAST(attributes AS TEXT), 'item 42',"
            + " 'item 24') AS BLOB) WHERE sort = CAST('rec#42' AS BLOB)");
    assertThat(problems(database)).singleElement().asString().contains("rec#42");
  }

  /** SQLite believes a column's name, and only the statements that use it would fail. */
  @Test
  void aChangedNameOfAColumnIsFound() throws Exception {
    byte[] bytes = Files.readAllBytes(database);
    int at = new String(bytes, ISO_8859_1).indexOf("before BLOB");
    bytes[at + 3] ^= 2;
    Files.write(database, bytes);
    assertThat(missing(database, "a changed column")).isEqualTo(ITEMS);
    assertThat(problems(database)).singleElement().asString().contains("befmre BLOB");
  }

  @Test
  void anotherFormatIsFound() throws Exception {
    execute("PRAGMA user_version = 7");
    assertThat(problems(database)).singleElement().asString().contains("format 7");
  }

  @Test
  void anAbsentTableIsFound() throws Exception {
    execute("DROP INDEX items_expires");
    assertThat(problems(database)).singleElement().asString().contains("only some of the tables");
  }

  @Test
  void eitherLayoutIsKnown() throws Exception {
    Path other = directory.resolve("other.db");
    SqliteIndex.openForLargeItems(other, Durability.PROCESS).close();
    assertThat(problems(other)).isEmpty();
  }

  /** Whatever byte it is: nothing wrong is ever read, and what cannot be read is found. */
  @Test
  void aFlippedByteAnywhereIsNeverServedAndAlwaysFound() throws Exception {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    byte[] whole = Files.readAllBytes(database);
    int found = 0;
    for (int flip = 0; flip < FLIPS; flip++) {
      int at = random.nextInt(whole.length);
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Path copy = Files.createDirectory(directory.resolve("flip" + flip)).resolve("index.db");
      Files.write(copy, damaged);
      int missing = missing(copy, "seed " + seed + ", byte " + at);
      List<String> problems = problems(copy);
      if (missing > 0) {
        assertThat(problems).as("seed %s, byte %s", seed, at).isNotEmpty();
      }
      found += problems.isEmpty() ? 0 : 1;
    }
    // The rest were bytes that nothing is in.
    assertThat(found).isGreaterThan(FLIPS / 3);
  }

  /** How many items cannot be read; one that can is as it was written. */
  private int missing(Path copy, String description) throws IOException {
    int missing = 0;
    try (ReadOnlyIndex index = ReadOnlyIndex.open(copy)) {
      for (Map.Entry<Key, Item> entry : written.entrySet()) {
        try {
          var read = index.get(entry.getKey());
          if (read.isPresent()) {
            assertThat(read.get()).as(description).isEqualTo(entry.getValue());
          } else {
            missing++;
          }
        } catch (StoreException e) {
          missing++;
        }
      }
    }
    return missing;
  }
}
