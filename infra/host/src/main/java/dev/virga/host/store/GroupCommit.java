package dev.virga.host.store;

import dev.virga.pds.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a {@link SqliteIndex}: a platform thread that carries out all jobs which came
 * in while it was committing the ones before, in one SQLite transaction with one sync.
 *
 * <p>Jobs check before they write, so a refused one needs no rollback and the next sees what those
 * before it in the group wrote. Callers go on when their group is committed.
 */
final class GroupCommit implements AutoCloseable {
  /** Bounds the memory of one SQLite transaction and the wait of the first job in it. */
  private static final int MAX_GROUP = 64;

  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  private record Queued(Job job, CompletableFuture<Job.Outcome> outcome) {}

  /** Opens the ledger, which goes on numbering changes after the one given. */
  @FunctionalInterface
  interface Opening {
    Ledger after(long lastChange);
  }

  private static final Job STOP = _ -> new Job.Outcome.Done(0);

  private final SqliteFile file;
  private final Opening opening;
  private final Runnable onChanges;
  private final BlockingQueue<Queued> queue = new LinkedBlockingQueue<>();
  private final AtomicLong delivered = new AtomicLong();
  private final Joining joining;
  private final Thread thread;
  private final Object closing = new Object();
  private boolean closed;

  /** The writer thread's own, as is the next. */
  private Ledger ledger;

  private boolean failed;
  private long forgotten;

  /**
   * Opens the ledger.
   *
   * @param opening called again after a failure
   * @param onChanges called after a commit that recorded changes for the feed
   */
  GroupCommit(SqliteFile file, Opening opening, Runnable onChanges) {
    this.file = file;
    this.opening = opening;
    this.ledger = opening.after(0);
    this.joining = new Joining(delivered, ledger.lastChange());
    this.onChanges = onChanges;
    this.thread = Thread.ofPlatform().name("index-writer").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Carries out a job and returns when it is durable, or refused, or broken. */
  Job.Outcome submit(Job job) {
    Queued queued = new Queued(job, new CompletableFuture<>());
    synchronized (closing) {
      if (closed) {
        throw closedFailure();
      }
      queue.add(queued);
    }
    return queued.outcome().join();
  }

  /** Says that the feed's changes up to one were delivered; the next commit drops them. */
  void delivered(long change) {
    delivered.set(change);
  }

  /** Who joins the transactions that make changes, if there is one. */
  Joining joining() {
    return joining;
  }

  private void run() {
    List<Queued> group = new ArrayList<>();
    try {
      for (boolean more = true; more; group.clear()) {
        group.add(queue.take());
        queue.drainTo(group, MAX_GROUP - 1);
        more = group.stream().noneMatch(queued -> queued.job() == STOP);
        commit(group);
      }
    } catch (InterruptedException e) {
      log.error("the writer of {} was interrupted", file.path(), e);
    } finally {
      abandon(group);
    }
  }

  /** Lets nobody wait for a writer that ended, not even if an error ended it. */
  private void abandon(List<Queued> group) {
    synchronized (closing) {
      closed = true;
      queue.drainTo(group);
    }
    Job.Outcome gone = new Job.Outcome.Broken(closedFailure());
    group.forEach(queued -> queued.outcome().complete(gone));
  }

  private StoreException closedFailure() {
    return new StoreException("database " + file.path() + " is closed");
  }

  private void commit(List<Queued> group) {
    long lastChange = ledger.lastChange();
    List<Job.Outcome> outcomes;
    try {
      outcomes = carryOut(group);
    } catch (SQLException | RuntimeException e) {
      rollBack();
      if (group.size() > 1) {
        group.forEach(queued -> commit(List.of(queued))); // one bad job must not fail the others
      } else {
        group.getFirst().outcome().complete(new Job.Outcome.Broken(broken(e)));
      }
      return;
    }
    if (ledger.lastChange() > lastChange) {
      onChanges.run();
    }
    for (int i = 0; i < outcomes.size(); i++) {
      group.get(i).outcome().complete(outcomes.get(i));
    }
  }

  private List<Job.Outcome> carryOut(List<Queued> group) throws SQLException {
    List<Job.Outcome> outcomes = new ArrayList<>(group.size());
    long deliveredNow = delivered.get();
    if (failed) {
      ledger = opening.after(ledger.lastChange());
      failed = false;
    }
    ledger.begin();
    if (deliveredNow > forgotten) {
      ledger.forget(deliveredNow);
    }
    for (Queued queued : group) {
      outcomes.add(queued.job().apply(ledger));
    }
    boolean committed = false;
    try {
      joining.join(ledger);
      ledger.commit();
      committed = true;
    } finally {
      joining.ended(committed, ledger.lastChange());
    }
    forgotten = deliveredNow;
    return outcomes;
  }

  /** The driver drops statements that fail, so a new connection follows a failure. */
  private void rollBack() {
    failed = true;
    try {
      ledger.close();
    } catch (SQLException e) {
      log.warn("closing {} after a failure failed, too", file.path(), e);
    }
  }

  private StoreException broken(Exception cause) {
    if (cause instanceof StoreException known) {
      return known;
    }
    return cause instanceof SQLException sql
        ? file.failure("written", sql)
        : new StoreException("database " + file.path() + ": " + cause.getMessage(), cause);
  }

  /** Commits what is queued and stops. */
  @Override
  public void close() {
    synchronized (closing) {
      if (!closed) {
        closed = true;
        queue.add(new Queued(STOP, new CompletableFuture<>()));
      }
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      ledger.close();
    } catch (SQLException e) {
      throw file.failure("closed", e);
    }
  }
}
