package dev.virga.pds.repo;

import static java.util.Objects.requireNonNull;

import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.ItemValues;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commits too large for one transaction: decided on by one write, applied by many.
 *
 * <p>The writes are stored as objects, then the head is made to point to it as pending: that is the
 * commit point. From then on whoever reads the head applies the writes, in transactions that each
 * demand that the head is still pending, so that a slow one of several can do no harm. The last
 * transaction carries the new head and the event.
 */
public final class Redo {
  /** Writes in one object of a plan: at some 4 KB each, a few megabytes. */
  private static final int PART = 1_000;

  /** What is wrong of an object that is not there. */
  public static final String MISSING = "is missing";

  /** Writes that are stored before the commit at once, unless they go with it. */
  private static final int AHEAD = 5 * Index.MAX_BATCH;

  /** Writes, and bytes of them, that go with those of a plan: head, event and the like. */
  private static final Write.Limits REST = new Write.Limits(20, 1_000_000);

  private final Index index;
  private final Objects objects;

  public Redo(Index index, Objects objects) {
    this.index = index;
    this.objects = objects;
  }

  /** What a pending commit will do, as it is put down. */
  final class Draft {
    private final Did did;
    private final Tid rev;
    private final Map<Key, Write> held = new LinkedHashMap<>();
    private final Map<Key, Write> ahead = new LinkedHashMap<>();
    private long bytes;
    private long bytesAhead;
    private int parts;

    private Draft(Did did, Tid rev) {
      this.did = did;
      this.rev = rev;
    }

    /**
     * Adds unconditional puts and deletes, nearly all in the repository's own partition; of several
     * at one key the last counts.
     */
    Draft add(List<Write> steps) {
      for (Write step : steps) {
        bytes += hold(held, step);
        if (held.size() >= PART && !isSmall(0, 0)) {
          storeHeld();
        }
      }
      return this;
    }

    /**
     * Adds writes that do no harm should the commit never come; of several at one key the last
     * counts. They go with the commit if its transaction takes them, too, and else before it.
     */
    Draft addAhead(List<? extends Write> steps) {
      for (Write step : steps) {
        bytesAhead += hold(ahead, step);
        if (ahead.size() >= AHEAD && !isSmall(ahead.size(), bytesAhead)) {
          writeAhead();
        }
      }
      return this;
    }

    /** Holds a write, and says how many bytes more are held now. */
    private static int hold(Map<Key, Write> writes, Write step) {
      @Nullable Write earlier = writes.put(step.key(), step);
      return step.bytes() - (earlier == null ? 0 : earlier.bytes());
    }

    /** Whether one transaction takes all that is held and some writes more. */
    private boolean isSmall(int more, long moreBytes) {
      return parts == 0
          && index
              .limits()
              .allow(held.size() + more + REST.writes(), bytes + moreBytes + REST.bytes());
    }

    private void writeAhead() {
      index.writeEach(List.copyOf(ahead.values()));
      ahead.clear();
      bytesAhead = 0;
    }

    private void storeHeld() {
      List<Write> writes = List.copyOf(held.values());
      for (int from = 0; from < writes.size(); from += PART) {
        List<Write> part = writes.subList(from, Math.min(from + PART, writes.size()));
        put(RepoKeys.redoPart(did, rev, parts), DagCbor.encode(StoredWrites.toValue(did, part)));
        parts++;
      }
      held.clear();
      bytes = 0;
    }

    /**
     * Makes a head the current one and carries out all that was added, in one transaction if that
     * is possible.
     *
     * @param before the head that it replaces
     * @param last what else belongs to the change
     * @throws ConditionFailedException if another writer was faster; nothing was written, but the
     *     plan has to be discarded
     */
    void commit(Head before, Head made, List<Write> last) throws ConditionFailedException {
      Condition unchanged = Condition.equal("etag", before.etag());
      if (isSmall(0, 0)) {
        List<Write> all = new ArrayList<>(held.values());
        all.addAll(last);
        all.add(Write.put(RepoKeys.head(did), made.toItem(), unchanged));
        index.transactAfter(List.copyOf(ahead.values()), () -> {}, all);
        return;
      }
      writeAhead();
      complete(made, last);
      Head pending = before.withPending(rev);
      index.transact(List.of(Write.put(RepoKeys.head(did), pending.toItem(), unchanged)));
      finish(did, pending);
    }

    /**
     * Completes the plan, so that a head may point to it.
     *
     * @param last in one transaction with the new head
     */
    void complete(Head head, List<Write> last) {
      storeHeld();
      Value.Obj plan =
          Value.Obj.builder()
              .put("parts", parts)
              .put("head", ItemValues.of(head.toItem()))
              .put("last", StoredWrites.toValue(did, last))
              .build();
      put(RepoKeys.redo(did, rev), DagCbor.encode(plan));
    }

    /** What somebody else left under this name must not be carried out in our name. */
    private void put(String name, byte[] bytes) {
      if (!objects.putIfAbsent(name, bytes, Objects.Metadata.NONE)) {
        throw new StoreException("a plan of this revision exists already: " + name);
      }
    }

    /** Takes the plan back, which no head points to. */
    void discard() {
      Redo.this.discard(did, rev, parts);
    }
  }

  Draft draft(Did did, Tid rev) {
    return new Draft(did, rev);
  }

  private void discard(Did did, Tid rev, long parts) {
    objects.delete(RepoKeys.redo(did, rev));
    for (int part = 0; part < parts; part++) {
      objects.delete(RepoKeys.redoPart(did, rev, part));
    }
  }

  /** The objects of a plan that are missing or damaged, with what is wrong of each. */
  public Map<String, String> problems(Did did, Tid rev) {
    Map<String, String> problems = new LinkedHashMap<>();
    AtomicLong parts = new AtomicLong();
    examine(
        RepoKeys.redo(did, rev),
        problems,
        plan -> parts.set(((Value.Obj) plan).integer("parts").orElseThrow()));
    for (int part = 0; part < parts.get(); part++) {
      examine(
          RepoKeys.redoPart(did, rev, part),
          problems,
          steps -> StoredWrites.writes(did, ((Value.Array) steps).items()));
    }
    return problems;
  }

  private void examine(String name, Map<String, String> problems, Consumer<Value> reader) {
    try {
      Optional<byte[]> stored = objects.get(name);
      stored.ifPresentOrElse(
          bytes -> reader.accept(DagCbor.decode(bytes)), () -> problems.put(name, MISSING));
    } catch (StoreException
        | IllegalArgumentException
        | ClassCastException
        | NoSuchElementException e) {
      problems.put(name, "is damaged: " + e.getMessage());
    }
  }

  /** Applies what a pending head points to; returns when this or another process has done so. */
  void finish(Did did, Head pending) {
    Tid rev = requireNonNull(pending.pending());
    Optional<byte[]> stored = objects.get(RepoKeys.redo(did, rev));
    if (!isStill(did, pending)) {
      return; // somebody else finished it, and may have removed the plan
    }
    Value.Obj plan = DagCbor.decodeObj(stored.orElseThrow(() -> missing(RepoKeys.redo(did, rev))));
    long parts = plan.integer("parts").orElseThrow();
    try {
      for (int part = 0; part < parts; part++) {
        applyPart(did, pending, RepoKeys.redoPart(did, rev, part));
      }
      List<Write> last =
          new ArrayList<>(StoredWrites.writes(did, plan.array("last").orElseThrow()));
      last.add(
          Write.put(RepoKeys.head(did), StoredWrites.item(plan, "head"), stillPending(pending)));
      index.transact(last);
    } catch (ConditionFailedException e) {
      return; // likewise
    }
    discard(did, rev, parts);
  }

  private void applyPart(Did did, Head pending, String name) throws ConditionFailedException {
    Optional<byte[]> stored = objects.get(name);
    if (stored.isEmpty() && !isStill(did, pending)) {
      throw new ConditionFailedException(List.of(RepoKeys.head(did)));
    }
    if (!(DagCbor.decode(stored.orElseThrow(() -> missing(name)))
        instanceof Value.Array(List<Value> steps))) {
      throw new StoreException("plan is damaged: " + name);
    }
    List<Write> writes = StoredWrites.writes(did, steps);
    // One write of each transaction is the check of the head.
    int most = Math.min(PART, index.limits().writes() - 1);
    for (int from = 0; from < writes.size(); from += most) {
      // Records with the same claim to uniqueness write to one key; a transaction takes the last.
      Map<Key, Write> chunk = new LinkedHashMap<>();
      for (Write write : writes.subList(from, Math.min(from + most, writes.size()))) {
        chunk.put(write.key(), write);
      }
      List<Write> transaction = new ArrayList<>(chunk.values());
      transaction.add(Write.check(RepoKeys.head(did), stillPending(pending)));
      index.transact(transaction);
    }
  }

  private boolean isStill(Did did, Head pending) {
    return index
        .get(RepoKeys.head(did))
        .map(Head::from)
        .filter(head -> head.etag().equals(pending.etag()))
        .isPresent();
  }

  private static Condition stillPending(Head pending) {
    return Condition.equal("etag", pending.etag());
  }

  private static StoreException missing(String name) {
    return new StoreException("object is missing: " + name);
  }
}
