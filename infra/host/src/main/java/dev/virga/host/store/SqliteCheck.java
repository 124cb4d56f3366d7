package dev.virga.host.store;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads every row of a database of ours and compares it with its checksum, after SQLite itself has
 * looked at the structure of the file, and we at its tables. Another process may be writing to it
 * meanwhile.
 */
public final class SqliteCheck {
  private static final int MOST_PROBLEMS = 100;

  private SqliteCheck() {}

  /**
   * Checks a file.
   *
   * @param problems told what is damaged, by its key where it has one
   * @return the number of rows that are whole
   */
  public static long run(Path database, Consumer<String> problems) {
    return run(database, problems, entry -> {});
  }

  /**
   * As above.
   *
   * @param whole told every row that is
   */
  public static long run(Path database, Consumer<String> problems, Consumer<Entry> whole) {
    SqliteFile file = SqliteFile.unlocked(database);
    try (Connection connection = file.connectReader();
        Statement statement = connection.createStatement()) {
      structure(database, statement, problems);
      SqliteSchema.check(statement, problem -> problems.accept(database + ": " + problem));
      return rows(database, statement, problems, whole);
    } catch (SQLException e) {
      problems.accept(String.valueOf(file.failure("read", e).getMessage()));
      return 0;
    }
  }

  private static void structure(Path database, Statement statement, Consumer<String> problems)
      throws SQLException {
    try (ResultSet found =
        statement.executeQuery("PRAGMA integrity_check(" + MOST_PROBLEMS + ")")) {
      while (found.next()) {
        String problem = found.getString(1);
        if (!problem.equals("ok")) {
          problems.accept(database + ": " + problem.strip());
        }
      }
    }
  }

  private static long rows(
      Path database, Statement statement, Consumer<String> problems, Consumer<Entry> whole)
      throws SQLException {
    long count = 0;
    try (ResultSet rows =
        statement.executeQuery("SELECT partition, sort, attributes, expires FROM items")) {
      while (rows.next()) {
        Optional<Entry> entry = entry(database, rows, problems);
        entry.ifPresent(whole);
        count += entry.isPresent() ? 1 : 0;
      }
    }
    return count;
  }

  private static Optional<Entry> entry(Path database, ResultSet row, Consumer<String> problems)
      throws SQLException {
    try {
      Address address = new Address(row.getBytes(1), row.getBytes(2));
      Item item = ItemCodec.decode(address, row.getBytes(3));
      long expires = row.getLong(4);
      return Optional.of(
          new Entry(address.key(), item, row.wasNull() ? null : Instant.ofEpochSecond(expires)));
    } catch (StoreException | IllegalArgumentException | DateTimeException e) {
      problems.accept(database + ": " + e.getMessage());
      return Optional.empty();
    }
  }
}
