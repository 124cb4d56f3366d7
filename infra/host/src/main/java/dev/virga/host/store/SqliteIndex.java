package dev.virga.host.store;

import dev.virga.pds.store.Changes;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Index} of a laptop: one SQLite file in WAL mode.
 *
 * <p>Every read is strongly consistent. Concurrent writes share commits ({@link GroupCommit}).
 * Changes of registered sort keys are recorded in the transaction that makes them and delivered
 * from there, so none is lost when the process dies.
 */
public final class SqliteIndex implements Index, AutoCloseable {
  private static final int SWEEP_BATCH = 500;
  private static final int EACH_BATCH = 5_000;

  /** As much as the writer's thread is done with in a tenth of a second or two. */
  private static final Write.Limits LIMITS = new Write.Limits(25_000, 32_000_000);

  private final SqliteFile file;
  private final Readers readers;
  private final GroupCommit writer;
  private final AtomicReference<@Nullable ChangeTail> tail = new AtomicReference<>();

  private SqliteIndex(SqliteFile file, Set<String> feedPrefixes) {
    this.file = file;
    this.readers = new Readers(file, Math.max(2, Runtime.getRuntime().availableProcessors()));
    this.writer = new GroupCommit(file, last -> ledger(file, feedPrefixes, last), this::wakeTail);
  }

  /**
   * Opens an index and makes its file and directory if they are absent.
   *
   * @param path the database; files with its name and a suffix lie beside it
   * @param feedPrefixes the beginnings of sort keys whose changes are fed, e.g. {@code outbox#}
   * @throws StoreException naming the file, if it is damaged, not accessible, of a later version or
   *     in use by another process
   */
  public static SqliteIndex open(Path path, Durability durability, Set<String> feedPrefixes) {
    return open(SqliteFile.lock(path, durability, SqliteSchema.Layout.WITH_KEYS), feedPrefixes);
  }

  /** The same for items of which most have kilobytes, without a feed. */
  static SqliteIndex openForLargeItems(Path path, Durability durability) {
    return open(SqliteFile.lock(path, durability, SqliteSchema.Layout.APART), Set.of());
  }

  private static SqliteIndex open(SqliteFile file, Set<String> feedPrefixes) {
    try {
      SqliteIndex index = new SqliteIndex(file, Set.copyOf(feedPrefixes));
      index.writer.start();
      return index;
    } catch (StoreException e) {
      file.close();
      throw e;
    }
  }

  static Ledger ledger(SqliteFile file, Set<String> feedPrefixes, long lastChange) {
    Connection connection = file.connectWriter();
    try {
      try {
        return new Ledger(connection, feedPrefixes, lastChange);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw file.failure("opened", e);
    }
  }

  /**
   * Begins to deliver changes, first those that an earlier process left undelivered, until this
   * index is closed. The listener is called by one thread.
   *
   * @throws IllegalStateException if there is a listener already
   */
  public void deliver(Changes.Listener listener) {
    ChangeTail following =
        new ChangeTail(
            last -> readers.read(reads -> reads.changesAfter(last, ChangeTail.BATCH)),
            writer::delivered,
            writer.joining()::isIdle,
            listener);
    if (!tail.compareAndSet(null, following)) {
      throw new IllegalStateException("changes are delivered to another listener already");
    }
    following.start();
  }

  /** The same, with a companion that joins the transactions which make changes. */
  public void deliver(Changes.Companion companion, Changes.Listener listener) {
    deliver(listener);
    writer.joining().accompany(companion);
  }

  private void wakeTail() {
    @Nullable ChangeTail following = tail.get();
    if (following != null) {
      following.wake();
    }
  }

  @Override
  public Write.Limits limits() {
    return LIMITS;
  }

  @Override
  public boolean tellsInOrder() {
    return true;
  }

  @Override
  public Optional<Item> get(Key key) {
    return readers.get(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    return readers.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    return readers.query(query);
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    Write.requireTransaction(writes, LIMITS);
    submit(Job.transaction(writes));
  }

  /**
   * {@inheritDoc} Here it is written in the transaction itself, if that is not too much, and then
   * not at all if the transaction is refused: one sync.
   */
  @Override
  public void transactAfter(List<Write> beforehand, Runnable barrier, List<Write> writes)
      throws ConditionFailedException {
    Write.requireTransaction(writes, LIMITS);
    if (!LIMITS.allow(
        beforehand.size() + writes.size(), Write.bytes(beforehand) + Write.bytes(writes))) {
      Index.super.transactAfter(beforehand, barrier, writes);
      return;
    }
    Job job = Job.transaction(writes).then(Job.each(beforehand));
    barrier.run();
    submit(job);
  }

  /** Many in one SQLite transaction, as they come without promise of being one. */
  @Override
  public void writeEach(List<Write> writes) {
    for (int from = 0; from < writes.size(); from += EACH_BATCH) {
      int to = Math.min(from + EACH_BATCH, writes.size());
      count(writer.submit(Job.each(writes.subList(from, to))));
    }
  }

  private void submit(Job job) throws ConditionFailedException {
    Job.Outcome outcome = writer.submit(job);
    if (outcome instanceof Job.Outcome.Refused(List<Key> failed)) {
      throw new ConditionFailedException(failed);
    }
    count(outcome);
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    Index.requireBatch(entries);
    if (!entries.isEmpty()) {
      count(writer.submit(Job.puts(entries)));
    }
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    Index.requireBatch(keys);
    if (!keys.isEmpty()) {
      count(writer.submit(Job.deletes(keys)));
    }
  }

  /**
   * Removes what expired by then.
   *
   * @return the number of items
   */
  public int sweep(Instant now) {
    int swept = 0;
    int last;
    do {
      last = count(writer.submit(Job.sweep(now, SWEEP_BATCH)));
      swept += last;
    } while (last == SWEEP_BATCH);
    return swept;
  }

  private static int count(Job.Outcome outcome) {
    return switch (outcome) {
      case Job.Outcome.Done(int count) -> count;
      case Job.Outcome.Refused(List<Key> failed) ->
          throw new IllegalStateException("refused without conditions: " + failed);
      case Job.Outcome.Invalid(String reason) -> throw new IllegalArgumentException(reason);
      case Job.Outcome.Broken(StoreException cause) ->
          throw new StoreException(String.valueOf(cause.getMessage()), cause);
    };
  }

  /** Commits what is queued, ends the feed and lets go of the file. */
  @Override
  public void close() {
    @Nullable ChangeTail following = tail.get();
    if (following != null) {
      following.close();
    }
    writer.close();
    readers.close();
    file.close();
  }
}
