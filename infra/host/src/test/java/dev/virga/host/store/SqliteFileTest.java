package dev.virga.host.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a {@link SqliteIndex} when its file or disk is not as it should be. */
class SqliteFileTest {
  private static final Key KEY = new Key("p", "s");
  private static final Item ITEM = Item.builder().text("v", "x").build();

  @TempDir Path directory;
  private Path path = Path.of("unset");

  @BeforeEach
  void name() {
    path = directory.resolve("index.db");
  }

  private SqliteIndex open() {
    return SqliteIndex.open(path, Durability.POWER, Set.of());
  }

  @Test
  void keepsItemsBetweenProcesses() throws Exception {
    try (SqliteIndex index = open()) {
      index.transact(Write.all(Write.put(KEY, ITEM)));
    }
    try (SqliteIndex index = open()) {
      assertThat(index.get(KEY)).contains(ITEM);
    }
  }

  @Test
  void belongsToOneAtATime() {
    try (SqliteIndex index = open()) {
      assertThat(index.get(KEY)).isEmpty();
      assertFails("in use by another process");
    }
    open().close();
  }

  @Test
  void refusesWhatIsNoDatabase() throws Exception {
    Files.writeString(path, "this is no database, only a text that is long enough ".repeat(100));

    assertFails("no SQLite database");
    assertFails("no SQLite database"); // and the lock was let go
  }

  @Test
  void refusesALaterFormat() throws Exception {
    open().close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 7");
    }
    assertFails("format 7");
  }

  @Test
  void saysThatAFileIsDamaged() throws Exception {
    try (SqliteIndex index = open()) {
      for (int i = 0; i < 200; i++) {
        Item large = Item.builder().bytes("b", new byte[1_000]).build();
        index.transact(Write.all(Write.put(new Key("p", "k" + i), large)));
      }
    }
    byte[] content = Files.readAllBytes(path);
    Arrays.fill(content, 4_096, content.length, (byte) 0x5A);
    Files.write(path, content);

    assertThatThrownBy(
            () -> {
              try (SqliteIndex index = open()) {
                index.get(new Key("p", "k1"));
              }
            })
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("damaged");
  }

  @Test
  void refusesADirectoryThatCannotBe() throws Exception {
    Files.writeString(directory.resolve("file"), "x");
    path = directory.resolve("file/index.db");

    assertFails("cannot be opened");
  }

  @Test
  void refusesADirectoryWithoutPermission() throws Exception {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    assumeThat(closed.toFile().setWritable(false) && !Files.isWritable(closed))
        .as("this user is bound by permissions")
        .isTrue();
    path = closed.resolve("index.db");
    assertFails("cannot be opened");
  }

  @Test
  void saysThatTheDiskIsFullAndGoesOnWhenThereIsSpace() throws Exception {
    Item large = Item.builder().bytes("b", new byte[390_000]).build();
    SqliteFile file = SqliteFile.lock(path, Durability.PROCESS, SqliteSchema.Layout.WITH_KEYS);
    GroupCommit writer = new GroupCommit(file, last -> limited(file, last), () -> {});
    writer.start();
    assertThat(writer.submit(put("small", ITEM))).isEqualTo(new Job.Outcome.Done(1));

    assertThat(writer.submit(put("large", large)))
        .isInstanceOfSatisfying(
            Job.Outcome.Broken.class,
            broken ->
                assertThat(broken.cause())
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("no space is left"));
    assertThat(writer.submit(put("small2", ITEM))).isEqualTo(new Job.Outcome.Done(1));
    writer.close();
    file.close();

    try (SqliteIndex index = open()) {
      assertThat(index.get(new Key("p", "small"))).contains(ITEM);
      assertThat(index.get(new Key("p", "small2"))).contains(ITEM);
      assertThat(index.get(new Key("p", "large"))).isEmpty();
    }
  }

  @Test
  void failsOnlyTheJobThatIsBad() throws Exception {
    SqliteFile file = SqliteFile.lock(path, Durability.PROCESS, SqliteSchema.Layout.WITH_KEYS);
    GroupCommit writer =
        new GroupCommit(file, last -> SqliteIndex.ledger(file, Set.of(), last), () -> {});
    var executor = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor();
    var good = executor.submit(() -> writer.submit(put("good", ITEM)));
    var bad =
        executor.submit(
            () ->
                writer.submit(
                    _ -> {
                      throw new SQLException("on purpose");
                    }));
    writer.start();

    assertThat(good.get()).isEqualTo(new Job.Outcome.Done(1));
    assertThat(bad.get()).isInstanceOf(Job.Outcome.Broken.class);
    executor.close();
    writer.close();
    file.close();
  }

  @Test
  void leavesNobodyWaitingWhenAnErrorEndsTheWriter() {
    SqliteFile file = SqliteFile.lock(path, Durability.PROCESS, SqliteSchema.Layout.WITH_KEYS);
    GroupCommit writer =
        new GroupCommit(file, last -> SqliteIndex.ledger(file, Set.of(), last), () -> {});
    writer.start();
    Job.Outcome outcome =
        writer.submit(
            _ -> {
              throw new StackOverflowError("on purpose");
            });

    assertThat(outcome).isInstanceOf(Job.Outcome.Broken.class);
    assertThatThrownBy(() -> writer.submit(put("late", ITEM))).hasMessageContaining("is closed");
    writer.close();
    file.close();
  }

  @Test
  void refusesCallsAfterItsEnd() {
    SqliteIndex index = open();
    index.close();
    index.close();

    assertThatThrownBy(() -> index.get(KEY)).hasMessageContaining("is closed");
    assertThatThrownBy(() -> index.transact(Write.all(Write.put(KEY, ITEM))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is closed");
  }

  private void assertFails(String part) {
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(part);
  }

  private static Job put(String sort, Item item) {
    return Job.transaction(Write.all(Write.put(new Key("p", sort), item)));
  }

  /** A ledger of 50 pages at most, which stands for a small disk. */
  private static Ledger limited(SqliteFile file, long lastChange) {
    try {
      Connection connection = file.connectWriter();
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA max_page_count = 50");
      }
      return new Ledger(connection, Set.of(), lastChange);
    } catch (SQLException e) {
      throw file.failure("opened", e);
    }
  }
}
