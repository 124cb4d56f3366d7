package dev.virga.cli;

import dev.virga.cli.StoredKind.Notice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Random;

/** A way to damage what is stored, below the ports: in the rows and files themselves. */
enum Damage {
  /** One bit is another. */
  FLIPPED,
  /** The end is missing. */
  CUT,
  /** The bytes of another of its kind lie in its place. */
  SWAPPED,
  /** It is gone. */
  MISSING,
  /** Another of its kind was stored in its place by the store's own means: whole in itself. */
  EXCHANGED;

  /** What is to be noticed of a kind that is damaged in this way. */
  Notice notice(StoredKind kind) {
    return switch (this) {
      case FLIPPED, CUT, SWAPPED -> Notice.FOUND;
      case MISSING -> kind.missing;
      case EXCHANGED -> kind.exchanged;
    };
  }

  /**
   * Does it.
   *
   * @param other of the same kind
   * @return whether there is damage now: two that are alike can be exchanged without any
   */
  boolean apply(Victim victim, Victim other, Path directory, Random random) throws Exception {
    byte[] before = victim.read(directory);
    byte[] others = other.read(directory);
    switch (this) {
      case FLIPPED -> {
        byte[] flipped = before.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        victim.write(directory, flipped);
      }
      case CUT -> victim.write(directory, Arrays.copyOf(before, random.nextInt(before.length)));
      case SWAPPED -> victim.write(directory, others);
      case MISSING -> victim.delete(directory);
      case EXCHANGED -> {
        return Exchange.of(victim, other, directory);
      }
    }
    return true;
  }

  /** Something that is stored: a row of one of the databases, or a file. */
  sealed interface Victim {
    /** The object's name, or partition and sort key of the item. */
    String name();

    byte[] read(Path directory) throws Exception;

    void write(Path directory, byte[] bytes) throws Exception;

    void delete(Path directory) throws Exception;
  }

  /** A file below the data directory. */
  record FileVictim(String name, Path file) implements Victim {
    @Override
    public byte[] read(Path directory) throws IOException {
      return Files.readAllBytes(directory.resolve(file));
    }

    @Override
    public void write(Path directory, byte[] bytes) throws IOException {
      Files.write(directory.resolve(file), bytes);
    }

    @Override
    public void delete(Path directory) throws IOException {
      Files.delete(directory.resolve(file));
    }
  }

  /** A row of a database below the data directory. */
  record RowVictim(String name, Path database, String partition, String sort) implements Victim {
    private static final String AT =
        " WHERE partition = CAST(? AS BLOB) AND sort = CAST(? AS BLOB)";

    @Override
    public byte[] read(Path directory) throws SQLException {
      try (Connection connection = connect(directory);
          PreparedStatement select = at(connection, "SELECT attributes FROM items", 1);
          ResultSet row = select.executeQuery()) {
        return row.getBytes(1);
      }
    }

    @Override
    public void write(Path directory, byte[] bytes) throws SQLException {
      try (Connection connection = connect(directory);
          PreparedStatement update = at(connection, "UPDATE items SET attributes = ?", 2)) {
        update.setBytes(1, bytes);
        update.executeUpdate();
      }
    }

    @Override
    public void delete(Path directory) throws SQLException {
      try (Connection connection = connect(directory);
          PreparedStatement delete = at(connection, "DELETE FROM items", 1)) {
        delete.executeUpdate();
      }
    }

    private PreparedStatement at(Connection connection, String statement, int first)
        throws SQLException {
      PreparedStatement prepared = connection.prepareStatement(statement + AT);
      prepared.setString(first, partition);
      prepared.setString(first + 1, sort);
      return prepared;
    }

    private Connection connect(Path directory) throws SQLException {
      return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(database));
    }
  }
}
