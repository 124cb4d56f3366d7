package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The writing connection of a {@link SqliteIndex}: items, and beside them the changes that the feed
 * will deliver. For the writer's thread alone.
 */
final class Ledger implements AutoCloseable {
  private final Connection connection;
  private final List<byte[]> feedPrefixes;
  private final ReadStatements reads;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement put;
  private final PreparedStatement delete;
  private final PreparedStatement expired;
  private final PreparedStatement record;
  private final PreparedStatement forget;

  /** The changes of the transaction under way. */
  private final List<Recorded> changes = new ArrayList<>();

  /** Whether what is written now joins a transaction and adds to changes recorded before. */
  private boolean joining;

  /** In this process changes are numbered without end, though delivered ones are deleted. */
  private long lastChange;

  /** A change of an item that is fed, as it will be stored. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Recorded(Address address, byte @Nullable [] before, byte @Nullable [] after) {
    boolean isOf(Address other) {
      return Arrays.equals(address.sort(), other.sort())
          && Arrays.equals(address.partition(), other.partition());
    }

    Change change() {
      return new Change(
          address.key(), ReadStatements.item(address, before), ReadStatements.item(address, after));
    }
  }

  /**
   * Prepares the statements.
   *
   * @param lastChange the last number that this process gave to a change, 0 if none
   */
  Ledger(Connection connection, Set<String> feedPrefixes, long lastChange) throws SQLException {
    this.connection = connection;
    this.feedPrefixes = feedPrefixes.stream().map(prefix -> prefix.getBytes(UTF_8)).toList();
    this.reads = new ReadStatements(connection);
    this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
    this.commit = connection.prepareStatement("COMMIT");
    this.put =
        connection.prepareStatement(
            "INSERT INTO items (partition, sort, attributes, expires) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT (partition, sort) DO UPDATE"
                + " SET attributes = excluded.attributes, expires = excluded.expires");
    this.delete = connection.prepareStatement("DELETE FROM items WHERE partition = ? AND sort = ?");
    this.expired =
        connection.prepareStatement("SELECT partition, sort FROM items WHERE expires <= ? LIMIT ?");
    this.record =
        connection.prepareStatement(
            "INSERT INTO changes (id, partition, sort, before, after) VALUES (?, ?, ?, ?, ?)");
    this.forget = connection.prepareStatement("DELETE FROM changes WHERE id <= ?");
    try (var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT coalesce(max(id), 0) FROM changes")) {
      this.lastChange = Math.max(lastChange, rows.getLong(1));
    }
  }

  void begin() throws SQLException {
    begin.executeUpdate();
  }

  void commit() throws SQLException {
    for (Recorded change : changes) {
      if (!Arrays.equals(change.before(), change.after())) {
        store(change);
      }
    }
    commit.executeUpdate();
    changes.clear();
  }

  /** What the transaction under way has changed among the items that are fed, in order. */
  List<Change> changes() {
    return changes.stream().map(Recorded::change).toList();
  }

  /** Carries out a job whose changes add to those of the transaction, so that each is fed once. */
  Job.Outcome join(Job job) throws SQLException {
    joining = true;
    try {
      return job.apply(this);
    } finally {
      joining = false;
    }
  }

  Optional<ReadStatements.Row> get(Address address) throws SQLException {
    return reads.get(address);
  }

  void put(Address address, byte[] attributes, @Nullable Long expires) throws SQLException {
    if (isFed(address)) {
      record(address, attributes);
    }
    put.setBytes(1, address.partition());
    put.setBytes(2, address.sort());
    put.setBytes(3, attributes);
    if (expires == null) {
      put.setNull(4, Types.INTEGER);
    } else {
      put.setLong(4, expires);
    }
    put.executeUpdate();
  }

  void delete(Address address) throws SQLException {
    if (isFed(address)) {
      record(address, null);
    }
    delete.setBytes(1, address.partition());
    delete.setBytes(2, address.sort());
    delete.executeUpdate();
  }

  /** Some addresses of items that expired by then. */
  List<Address> expired(long second, int limit) throws SQLException {
    expired.setLong(1, second);
    expired.setInt(2, limit);
    List<Address> found = new ArrayList<>();
    try (ResultSet rows = expired.executeQuery()) {
      while (rows.next()) {
        found.add(new Address(rows.getBytes(1), rows.getBytes(2)));
      }
    }
    return found;
  }

  /** The number of the last change recorded. */
  long lastChange() {
    return lastChange;
  }

  /** Drops the changes up to one that was delivered. */
  void forget(long delivered) throws SQLException {
    forget.setLong(1, delivered);
    forget.executeUpdate();
  }

  private boolean isFed(Address address) {
    byte[] sort = address.sort();
    for (byte[] prefix : feedPrefixes) {
      if (sort.length >= prefix.length
          && Arrays.equals(sort, 0, prefix.length, prefix, 0, prefix.length)) {
        return true;
      }
    }
    return false;
  }

  private void record(Address address, byte @Nullable [] after) throws SQLException {
    for (int i = changes.size() - 1; joining && i >= 0; i--) {
      Recorded earlier = changes.get(i);
      if (earlier.isOf(address)) {
        changes.set(i, new Recorded(address, earlier.before(), after));
        return;
      }
    }
    byte @Nullable [] before = reads.get(address).map(ReadStatements.Row::attributes).orElse(null);
    changes.add(new Recorded(address, before, after));
  }

  private void store(Recorded change) throws SQLException {
    lastChange++;
    record.setLong(1, lastChange);
    record.setBytes(2, change.address().partition());
    record.setBytes(3, change.address().sort());
    record.setBytes(4, change.before());
    record.setBytes(5, change.after());
    record.executeUpdate();
  }

  /** Lets go of the connection; what was not committed is undone. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
