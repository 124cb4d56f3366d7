package dev.virga.host.backend;

import dev.virga.host.store.Durability;
import dev.virga.host.store.LocalObjects;
import dev.virga.host.store.SqliteIndex;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.Outbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** The {@link Backend} of a laptop and of a single machine: SQLite and files in one directory. */
public final class EmbeddedBackend implements Backend {
  /** No put takes so long: what is older was left by a crash. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path directory;
  private final SqliteIndex index;
  private final LocalObjects objects;

  private EmbeddedBackend(Path directory, SqliteIndex index, LocalObjects objects) {
    this.directory = directory;
    this.index = index;
    this.objects = objects;
  }

  /**
   * Opens what a directory holds; it belongs to this process until closed.
   *
   * @throws dev.virga.pds.store.StoreException if it cannot be used, or another process uses it
   */
  public static EmbeddedBackend open(Path directory) {
    SqliteIndex index =
        SqliteIndex.open(directory.resolve("index.db"), Durability.DEFAULT, Set.of(Outbox.PREFIX));
    try {
      return new EmbeddedBackend(
          directory, index, LocalObjects.open(directory.resolve("objects"), Durability.DEFAULT));
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
  }

  @Override
  public Index index() {
    return index;
  }

  @Override
  public Objects objects() {
    return objects;
  }

  @Override
  public boolean isShared() {
    return false;
  }

  /** {@inheritDoc} Here undelivered changes are kept for ever, so that nothing is ever missed. */
  @Override
  public void deliver(Changes.Companion companion, Changes.Listener listener, Missed missed) {
    index.deliver(companion, listener);
  }

  @Override
  public void sweep(Instant now) {
    index.sweep(now);
    objects.sweep(now.minus(ABANDONED));
  }

  @Override
  public String place() {
    return directory.toAbsolutePath().normalize().toString();
  }

  @Override
  public void close() {
    index.close();
    objects.close();
  }
}
