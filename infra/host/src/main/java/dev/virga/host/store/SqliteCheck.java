package dev.virga.host.store;

import dev.virga.pds.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/**
 * Reads every row of a database of ours and compares it with its checksum, after SQLite itself has
 * looked at the structure of the file. Another process may be writing to it meanwhile.
 */
public final class SqliteCheck {
  private static final int MOST_PROBLEMS = 100;

  private SqliteCheck() {}

  /**
   * Checks a file.
   *
   * @param problems told what is damaged, by its key where it has one
   * @return the number of rows that are whole
   * @throws StoreException if there is no such file, or it is of another version
   */
  public static long run(Path database, Consumer<String> problems) {
    SqliteFile file = SqliteFile.unlocked(database);
    try (Connection connection = file.connectReader();
        Statement statement = connection.createStatement()) {
      structure(database, statement, problems);
      return rows(database, statement, problems);
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

  private static long rows(Path database, Statement statement, Consumer<String> problems)
      throws SQLException {
    long whole = 0;
    try (ResultSet rows = statement.executeQuery("SELECT partition, sort, attributes FROM items")) {
      while (rows.next()) {
        try {
          ItemCodec.decode(new Address(rows.getBytes(1), rows.getBytes(2)), rows.getBytes(3));
          whole++;
        } catch (StoreException | IllegalArgumentException e) {
          problems.accept(database + ": " + e.getMessage());
        }
      }
    }
    return whole;
  }
}
