package dev.virga.host.store;

import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * The database file of a {@link SqliteIndex}: its lock, its connections, and its errors in words.
 */
final class SqliteFile implements AutoCloseable {
  private static final int BUSY_MILLIS = 10_000;
  private static final int WRITER_CACHE_KB = 16_384;
  private static final int READER_CACHE_KB = 4_096;

  /** How far the log grows before its pages go to the database: 16 MB of pages of 4 KB. */
  private static final int CHECKPOINT_PAGES = 4_000;

  private final Path path;
  private final Durability durability;
  private final SqliteSchema.Layout layout;
  private final @Nullable FileChannel lockFile;

  private SqliteFile(
      Path path,
      Durability durability,
      SqliteSchema.Layout layout,
      @Nullable FileChannel lockFile) {
    this.path = path;
    this.durability = durability;
    this.layout = layout;
    this.lockFile = lockFile;
  }

  /** Locks the file for this process and makes its directory; its tables come with the writer. */
  static SqliteFile lock(Path path, Durability durability, SqliteSchema.Layout layout) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      FileChannel lockFile =
          FileChannel.open(
              path.resolveSibling(path.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!locked(lockFile)) {
        lockFile.close();
        throw new StoreException("database " + path + " is in use by another process");
      }
      return new SqliteFile(path, durability, layout, lockFile);
    } catch (IOException e) {
      throw new StoreException("database %s cannot be opened: %s".formatted(path, e), e);
    }
  }

  /** The file of a database that another process may have locked, for reading only. */
  static SqliteFile unlocked(Path path) {
    return new SqliteFile(path, Durability.DEFAULT, SqliteSchema.Layout.WITH_KEYS, null);
  }

  private static boolean locked(FileChannel lockFile) throws IOException {
    try {
      @Nullable FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** The one connection that writes. Makes the tables if they are absent. */
  Connection connectWriter() {
    try {
      Connection connection = connect(WRITER_CACHE_KB);
      try (Statement statement = connection.createStatement()) {
        if (isEmpty(statement)) {
          SqliteSchema.create(statement, layout);
        }
        statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
        return connection;
      } catch (SQLException | StoreException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failure("opened", e);
    }
  }

  private boolean isEmpty(Statement statement) throws SQLException {
    int format = SqliteSchema.format(statement);
    if (format != 0 && format != SqliteSchema.FORMAT) {
      throw new StoreException(
          "database %s has format %d, this version of Virga knows %d"
              .formatted(path, format, SqliteSchema.FORMAT));
    }
    return format == 0;
  }

  /** A connection that only reads; the writer's was made before. */
  Connection connectReader() {
    try {
      Connection connection = connect(READER_CACHE_KB);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA query_only = true");
        return connection;
      }
    } catch (SQLException e) {
      throw failure("opened", e);
    }
  }

  private Connection connect(int cacheKilobytes) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(
        switch (durability) {
          case PROCESS -> SQLiteConfig.SynchronousMode.NORMAL;
          case POWER -> SQLiteConfig.SynchronousMode.FULL;
        });
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-cacheKilobytes);
    config.setOpenMode(SQLiteOpenMode.NOMUTEX); // one thread at a time has a connection
    config.setGetGeneratedKeys(false); // else each write asks for a row number that none has
    return config.createConnection("jdbc:sqlite:" + path.toAbsolutePath());
  }

  /**
   * The error of a call, in words that name the file and the cause.
   *
   * @param done what could not be done, as a participle
   */
  StoreException failure(String done, SQLException cause) {
    SQLiteErrorCode code =
        cause instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    String reason =
        switch (SQLiteErrorCode.getErrorCode(code.code & 0xFF)) {
          case SQLITE_FULL -> "no space is left on its disk";
          case SQLITE_READONLY, SQLITE_PERM -> "it is not writable";
          case SQLITE_CANTOPEN -> "it or its directory is not accessible";
          case SQLITE_CORRUPT -> "it is damaged; restore a backup or rebuild the index";
          case SQLITE_NOTADB -> "it is no SQLite database, or damaged; restore a backup";
          case SQLITE_BUSY, SQLITE_LOCKED -> "another process keeps it locked";
          case SQLITE_IOERR -> "its disk fails, or no space is left on it";
          default -> String.valueOf(cause.getMessage());
        };
    return new StoreException(
        "database %s could not be %s: %s (%s)".formatted(path, done, reason, code.name()), cause);
  }

  Path path() {
    return path;
  }

  /** Lets go of the file. */
  @Override
  public void close() {
    if (lockFile == null) {
      return;
    }
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new StoreException("lock of database %s could not be closed".formatted(path), e);
    }
  }
}
