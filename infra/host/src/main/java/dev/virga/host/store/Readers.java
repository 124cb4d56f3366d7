package dev.virga.host.store;

import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The reading connections of a {@link SqliteIndex}, opened as they are needed.
 *
 * <p>A read runs on the thread that asks. It pins a virtual thread's carrier while SQLite works,
 * which is a few microseconds when pages are in memory; a hand-over to another thread costs several
 * times that. There are no more connections than carriers would be of use.
 */
final class Readers implements AutoCloseable {
  /** A read. */
  @FunctionalInterface
  interface Reading<T> {
    T from(ReadStatements statements) throws SQLException;
  }

  private final SqliteFile file;
  private final int most;
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<ReadStatements> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  Readers(SqliteFile file, int most) {
    this.file = file;
    this.most = most;
    this.permits = new Semaphore(most);
  }

  /** As {@link Index#get}. */
  Optional<Item> get(Key key) {
    Address address = Address.of(key);
    return read(reads -> reads.get(address)).map(ReadStatements.Row::item);
  }

  /** As {@link Index#batchGet}. */
  Map<Key, Item> batchGet(Collection<Key> keys) {
    Index.requireBatch(keys);
    return keys.isEmpty() ? Map.of() : read(reads -> reads.getAll(keys));
  }

  /** As {@link Index#query}. */
  Page query(Query query) {
    return read(reads -> reads.query(query));
  }

  <T> T read(Reading<T> reading) {
    permits.acquireUninterruptibly();
    try {
      if (closed) {
        throw new StoreException("database " + file.path() + " is closed");
      }
      @Nullable ReadStatements last = idle.pollFirst();
      ReadStatements statements = last == null ? connect() : last;
      return readWith(statements, reading);
    } catch (SQLException e) {
      throw file.failure("read", e);
    } finally {
      permits.release();
    }
  }

  private <T> T readWith(ReadStatements statements, Reading<T> reading) throws SQLException {
    try {
      T answer = reading.from(statements);
      idle.addFirst(statements); // the last one used has the warmest cache
      return answer;
    } catch (SQLException | RuntimeException e) {
      statements.close(); // the driver drops a statement that failed
      throw e;
    }
  }

  private ReadStatements connect() throws SQLException {
    Connection connection = file.connectReader();
    try {
      return new ReadStatements(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Waits for the reads that are under way and refuses others. */
  @Override
  public void close() {
    permits.acquireUninterruptibly(most);
    closed = true;
    try {
      for (ReadStatements statements : idle) {
        statements.close();
      }
    } catch (SQLException e) {
      throw file.failure("closed", e);
    } finally {
      permits.release(most);
    }
  }
}
