package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes the writers of one repository inside this process take turns, in which one may serve those
 * that wait behind it as well.
 *
 * <p>Only a kindness: it spares them from overtaking each other, and lets them share a transaction.
 * What keeps the repository right is the condition on the head.
 */
final class WriteTurns {
  /** Repositories that share a line wait for each other, so there are many more than cores. */
  private static final int LINES = 1_024;

  /** Intents of all that are served in one turn, and those requests. */
  private static final int MOST_INTENTS = RepoWriter.MAX_WRITES;

  private static final int MOST_REQUESTS = 16;

  private final Line[] lines = new Line[LINES];
  private final Service service;
  private final boolean together;

  /** Carries out requests for one repository. */
  @FunctionalInterface
  interface Service {
    /** Ends each of the requests; throws what ends those that are left. */
    void serve(Did did, List<Request> requests);
  }

  /**
   * @param together whether one turn may serve several
   */
  WriteTurns(Service service, boolean together) {
    this.service = service;
    this.together = together;
    for (int i = 0; i < LINES; i++) {
      lines[i] = new Line();
    }
  }

  /** What a writer wants, and what came of it. */
  static final class Request {
    private final Did did;
    private final List<RecordIntent> intents;
    private final @Nullable Cid swapCommit;

    /** Tells the waiting writer that it is its turn, or else that it was served. */
    private final CompletableFuture<Boolean> turn = new CompletableFuture<>();

    private volatile @Nullable WriteOutcome outcome;
    private volatile @Nullable Throwable failure;

    Request(Did did, List<RecordIntent> intents, @Nullable Cid swapCommit) {
      this.did = did;
      this.intents = intents;
      this.swapCommit = swapCommit;
    }

    List<RecordIntent> intents() {
      return intents;
    }

    @Nullable Cid swapCommit() {
      return swapCommit;
    }

    boolean isEnded() {
      return outcome != null || failure != null;
    }

    void end(WriteOutcome made) {
      outcome = made;
    }

    void fail(Throwable cause) {
      failure = cause;
    }

    /** Whether it may be carried out beside others: it does not say which commit it expects. */
    boolean joins() {
      return swapCommit == null && !intents.isEmpty();
    }

    WriteOutcome result() {
      Throwable cause = failure;
      if (cause instanceof Error error) {
        throw error;
      }
      if (cause instanceof RuntimeException exception) {
        throw exception;
      }
      WriteOutcome made = outcome;
      if (made == null) {
        throw new IllegalStateException("a write was not carried out", cause);
      }
      return made;
    }
  }

  /** The writers of some repositories, in the order in which they came. */
  private static final class Line {
    private final Deque<Request> waiting = new ArrayDeque<>();
    private boolean served;

    /** Whether the turn is this one's at once. */
    synchronized boolean join(Request request) {
      waiting.addLast(request);
      boolean first = !served;
      served = true;
      return first;
    }

    /** Takes the first, whose turn it is, and those that it serves as well. */
    synchronized List<Request> take(boolean several) {
      Request first = waiting.removeFirst();
      List<Request> taken = new ArrayList<>();
      taken.add(first);
      int intents = first.intents.size();
      Iterator<Request> others = waiting.iterator();
      while (several && first.joins() && others.hasNext() && taken.size() < MOST_REQUESTS) {
        Request other = others.next();
        if (other.joins()
            && other.did.equals(first.did)
            && intents + other.intents.size() <= MOST_INTENTS) {
          taken.add(other);
          intents += other.intents.size();
          others.remove();
        }
      }
      return taken;
    }

    synchronized int length() {
      return waiting.size();
    }

    synchronized void leave() {
      Request next = waiting.peekFirst();
      if (next == null) {
        served = false;
      } else {
        next.turn.complete(true);
      }
    }
  }

  /** Which line the writers of a repository stand in. */
  static int line(Did did) {
    return Math.floorMod(did.hashCode(), LINES);
  }

  /** How many wait in the line of a request. */
  int waiting(Request request) {
    return lines[line(request.did)].length();
  }

  /** Has a request carried out, in this thread's turn or in another's. */
  WriteOutcome take(Request request) {
    Line line = lines[line(request.did)];
    if (line.join(request) || request.turn.join()) {
      serve(line, request);
    }
    return request.result();
  }

  private void serve(Line line, Request first) {
    List<Request> served = List.of(first);
    try {
      served = line.take(together);
      service.serve(first.did, served);
    } catch (RuntimeException | Error e) {
      for (Request one : served) {
        if (!one.isEnded()) {
          one.fail(e);
        }
      }
    } finally {
      line.leave();
      served.forEach(one -> one.turn.complete(false));
    }
  }
}
