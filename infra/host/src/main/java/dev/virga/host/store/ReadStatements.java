package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The prepared reads of one connection of a {@link SqliteIndex}; for one thread at a time. */
final class ReadStatements implements AutoCloseable {
  /** A stored item, still encoded, and its expiry in seconds since the epoch. */
  @SuppressWarnings("ArrayRecordComponent")
  record Row(Address address, byte[] attributes, @Nullable Long expires) {
    Item item() {
      return ItemCodec.decode(address, attributes);
    }
  }

  /** A change with its place in the feed. */
  record Numbered(long id, Change change) {}

  private static final String RANGE =
      "SELECT sort, attributes, expires FROM items"
          + " WHERE partition = ? AND sort >= ? AND sort < ? ORDER BY sort ";

  /** Keys of a partition for one statement: a third less work than with one for each. */
  private static final int TOGETHER = 16;

  /** Where a page ends though its limit is not reached, as DynamoDB's pages do. */
  private static final int MAX_PAGE_BYTES = 1_000_000;

  /** Where a batch of changes ends, whatever their number. */
  private static final int MAX_CHANGES_BYTES = 4_000_000;

  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement end;
  private final PreparedStatement get;
  private final PreparedStatement several;
  private final PreparedStatement forward;
  private final PreparedStatement backward;
  private final PreparedStatement changes;

  ReadStatements(Connection connection) throws SQLException {
    this.connection = connection;
    this.begin = connection.prepareStatement("BEGIN");
    this.end = connection.prepareStatement("COMMIT");
    this.get =
        connection.prepareStatement(
            "SELECT attributes, expires FROM items WHERE partition = ? AND sort = ?");
    this.several =
        connection.prepareStatement(
            "SELECT sort, attributes, expires FROM items WHERE partition = ? AND sort IN ("
                + String.join(", ", Collections.nCopies(TOGETHER, "?"))
                + ")");
    this.forward = connection.prepareStatement(RANGE + "LIMIT ?");
    this.backward = connection.prepareStatement(RANGE + "DESC LIMIT ?");
    this.changes =
        connection.prepareStatement(
            "SELECT id, partition, sort, before, after FROM changes WHERE id > ?"
                + " ORDER BY id LIMIT ?");
  }

  Optional<Row> get(Address address) throws SQLException {
    get.setBytes(1, address.partition());
    get.setBytes(2, address.sort());
    try (ResultSet rows = get.executeQuery()) {
      return rows.next()
          ? Optional.of(new Row(address, rows.getBytes(1), expires(rows, 2)))
          : Optional.empty();
    }
  }

  Map<Key, Item> getAll(Collection<Key> keys) throws SQLException {
    Map<String, List<Key>> partitions =
        keys.stream().collect(Collectors.groupingBy(Key::partition));
    Map<Key, Item> found = HashMap.newHashMap(keys.size());
    begin.executeUpdate(); // one snapshot, and the file's locks are taken once
    try {
      for (List<Key> partition : partitions.values()) {
        for (int from = 0; from < partition.size(); from += TOGETHER) {
          getSome(partition.subList(from, Math.min(from + TOGETHER, partition.size())), found);
        }
      }
      return found;
    } finally {
      end.executeUpdate();
    }
  }

  private void getSome(List<Key> keys, Map<Key, Item> found) throws SQLException {
    if (keys.size() < TOGETHER / 2) {
      for (Key key : keys) {
        get(Address.of(key)).ifPresent(row -> found.put(key, row.item()));
      }
      return;
    }
    byte[] partition = keys.getFirst().partition().getBytes(UTF_8);
    several.setBytes(1, partition);
    for (int i = 0; i < TOGETHER; i++) {
      Key key = keys.get(Math.min(i, keys.size() - 1)); // the last one again costs nothing
      several.setBytes(2 + i, key.sort().getBytes(UTF_8));
    }
    try (ResultSet rows = several.executeQuery()) {
      while (rows.next()) {
        Row row = row(partition, rows);
        Key key = Key.ofStored(keys.getFirst().partition(), text(row.address().sort()));
        found.put(key, row.item());
      }
    }
  }

  private static String text(byte[] sort) {
    return new String(sort, UTF_8);
  }

  private static Row row(byte[] partition, ResultSet rows) throws SQLException {
    Address address = new Address(partition, rows.getBytes(1));
    return new Row(address, rows.getBytes(2), expires(rows, 3));
  }

  Page query(Query query) throws SQLException {
    PreparedStatement range = query.backward() ? backward : forward;
    byte[] partition = query.partition().getBytes(UTF_8);
    range.setBytes(1, partition);
    range.setBytes(2, query.range().from().getBytes(UTF_8));
    range.setBytes(3, query.range().to().getBytes(UTF_8));
    range.setInt(4, query.limit() + 1);
    List<Entry> entries = new ArrayList<>();
    int bytes = 0;
    try (ResultSet rows = range.executeQuery()) {
      while (rows.next()) {
        if (entries.size() == query.limit() || bytes >= MAX_PAGE_BYTES) {
          return new Page(entries, true);
        }
        Row row = row(partition, rows);
        Key key = Key.ofStored(query.partition(), text(row.address().sort()));
        entries.add(new Entry(key, row.item(), instant(row.expires())));
        bytes += row.attributes().length;
      }
    }
    return new Page(entries, false);
  }

  /** The oldest changes after one of them, in order. */
  List<Numbered> changesAfter(long id, int limit) throws SQLException {
    changes.setLong(1, id);
    changes.setInt(2, limit);
    List<Numbered> found = new ArrayList<>();
    int bytes = 0;
    try (ResultSet rows = changes.executeQuery()) {
      while (bytes < MAX_CHANGES_BYTES && rows.next()) {
        byte @Nullable [] before = rows.getBytes(4);
        byte @Nullable [] after = rows.getBytes(5);
        Address address = new Address(rows.getBytes(2), rows.getBytes(3));
        Change change = new Change(address.key(), item(address, before), item(address, after));
        found.add(new Numbered(rows.getLong(1), change));
        bytes += (before == null ? 0 : before.length) + (after == null ? 0 : after.length);
      }
    }
    return found;
  }

  static @Nullable Instant instant(@Nullable Long expires) {
    return expires == null ? null : Instant.ofEpochSecond(expires);
  }

  static Optional<Item> item(Address address, byte @Nullable [] encoded) {
    return encoded == null ? Optional.empty() : Optional.of(ItemCodec.decode(address, encoded));
  }

  private static @Nullable Long expires(ResultSet rows, int column) throws SQLException {
    long seconds = rows.getLong(column);
    return seconds == 0 ? null : seconds; // nothing expires with the epoch, and NULL reads as 0
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
