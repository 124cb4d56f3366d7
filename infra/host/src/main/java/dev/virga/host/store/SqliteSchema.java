package dev.virga.host.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The tables of a {@link SqliteFile}: made when it is new, and compared when it is checked. */
final class SqliteSchema {
  /** The format of the tables; a file with another one is not touched. */
  static final int FORMAT = 2;

  /** How items lie in a file, from when it is made. */
  enum Layout {
    /** In one tree with their keys: one search for each, as long as they are small. */
    WITH_KEYS(" WITHOUT ROWID"),

    /**
     * In the order they came, keys in a tree of their own. In the tree of keys an item of more than
     * a kilobyte would be read whole, from pages that no cache keeps, by every search that passes.
     */
    APART("");

    private final String option;

    Layout(String option) {
      this.option = option;
    }
  }

  private static final String ITEMS =
      """
      CREATE TABLE IF NOT EXISTS items (
        partition BLOB NOT NULL, sort BLOB NOT NULL, attributes BLOB NOT NULL, expires INTEGER,
        PRIMARY KEY (partition, sort))\
      """;

  private static final String[] OTHERS = {
    "CREATE INDEX IF NOT EXISTS items_expires ON items (expires) WHERE expires IS NOT NULL",
    """
    CREATE TABLE IF NOT EXISTS changes (
      id INTEGER PRIMARY KEY, partition BLOB NOT NULL, sort BLOB NOT NULL, before BLOB, after BLOB)
    """,
    "PRAGMA user_version = " + FORMAT
  };

  private SqliteSchema() {}

  /** Makes the tables of a new file. */
  static void create(Statement statement, Layout layout) throws SQLException {
    statement.execute(ITEMS + layout.option);
    for (String other : OTHERS) {
      statement.execute(other);
    }
  }

  /** The format of a file, 0 if it has no tables yet. */
  static int format(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
      return rows.getInt(1);
    }
  }

  /**
   * Compares a file's tables with those of either layout. SQLite keeps them as text that no
   * checksum covers and believes it: a column whose name changed by a bit is only missed by the
   * statements that use it, and one whose type did is read in another way.
   */
  static void check(Statement statement, Consumer<String> problems) throws SQLException {
    int format = format(statement);
    if (format != FORMAT) {
      problems.accept("it has format %d instead of %d".formatted(format, FORMAT));
    }
    Set<String> found = definitions(statement);
    Set<String> known = new TreeSet<>();
    List<Set<String>> possible = new ArrayList<>();
    for (Layout layout : Layout.values()) {
      Set<String> made = definitions(layout);
      possible.add(made);
      known.addAll(made);
    }
    if (possible.contains(found)) {
      return;
    }
    Set<String> unknown = new TreeSet<>(found);
    unknown.removeAll(known);
    problems.accept(
        unknown.isEmpty()
            ? "it has only some of the tables: " + found
            : "it has tables that are not ours: " + unknown);
  }

  private static Set<String> definitions(Layout layout) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = connection.createStatement()) {
      create(statement, layout);
      return definitions(statement);
    }
  }

  /** What a file's tables and indexes are, but for white space. */
  private static Set<String> definitions(Statement statement) throws SQLException {
    Set<String> definitions = new TreeSet<>();
    try (ResultSet rows =
        statement.executeQuery("SELECT type, name, tbl_name, sql FROM sqlite_schema")) {
      while (rows.next()) {
        String definition =
            "%s %s of %s: %s"
                .formatted(
                    rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4));
        definitions.add(definition.replaceAll("\\s+", " "));
      }
    }
    return definitions;
  }
}
