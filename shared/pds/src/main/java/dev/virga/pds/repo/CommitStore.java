package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.TreeChange;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** Stores commits on the two ports, whole or not at all: part of {@link RepoWriter}. */
public final class CommitStore {
  /** Blobs that one transaction marks as in use; the head takes a place of it too. */
  private static final int TOUCHES = Write.MAX_PER_TRANSACTION - 10;

  private static final long BACK_OFF_NANOS = 2_000_000;

  private final Index index;
  private final Objects objects;
  private final Redo redo;
  private final RandomGenerator random;

  public CommitStore(Index index, Objects objects, Redo redo, RandomGenerator random) {
    this.index = index;
    this.objects = objects;
    this.redo = redo;
    this.random = random;
  }

  /**
   * Stores a commit and makes it the current one.
   *
   * @throws ConditionFailedException if another writer was faster; nothing of the commit remains
   */
  void commit(Did did, Head before, DraftedCommit commit) throws ConditionFailedException {
    if (commit.decided().size() + 1 <= index.limits().writes()) {
      commitTogether(did, before, List.of(commit));
    } else {
      inSteps(did, before, commit);
    }
  }

  /**
   * Stores commits that follow each other and makes the last of them the current one.
   *
   * @param commits within the limits of a transaction, no key twice
   * @throws ConditionFailedException as above, for whichever of them
   */
  void commitTogether(Did did, Head before, List<DraftedCommit> commits)
      throws ConditionFailedException {
    List<Write> all = new ArrayList<>();
    // A node that settles with two of them is the same, but for the later revision.
    Map<Key, Write> beforehand = new LinkedHashMap<>();
    for (DraftedCommit commit : commits) {
      all.addAll(commit.decided());
      commit.beforehand().forEach(write -> beforehand.put(write.key(), write));
    }
    all.add(replace(did, before, commits.getLast().made()));
    List<Pack> packs = commits.stream().map(commit -> commit.draft().pack()).toList();
    transactAfter(did, List.copyOf(beforehand.values()), packs, () -> {}, all);
  }

  private static Write replace(Did did, Head before, Head made) {
    return Write.put(RepoKeys.head(did), made.toItem(), Condition.equal("etag", before.etag()));
  }

  /** Stores packs, does something else, and then transacts. Packs that lost are taken back. */
  private void transactAfter(
      Did did, List<Write> beforehand, List<Pack> packs, Runnable also, List<Write> writes)
      throws ConditionFailedException {
    try {
      index.transactAfter(
          beforehand,
          () -> {
            putPacks(packs);
            also.run();
          },
          writes);
    } catch (RevisionTakenException e) {
      // That pack is not ours, and perhaps that of somebody's commit.
      takeBack(packs.subList(0, e.stored));
      throw new ConditionFailedException(List.of(RepoKeys.head(did)));
    } catch (ConditionFailedException e) {
      takeBack(packs);
      throw e;
    }
  }

  /** The last first, so that none is ever there without those that it follows. */
  private void takeBack(List<Pack> packs) {
    packs.reversed().forEach(pack -> objects.delete(pack.name()));
  }

  /** A pack of this very revision is there: of a process that died, or has our clock identifier. */
  private static final class RevisionTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How many packs were stored before it. */
    private final int stored;

    RevisionTakenException(int stored) {
      this.stored = stored;
    }
  }

  private void inSteps(Did did, Head before, DraftedCommit commit) throws ConditionFailedException {
    Tid rev = commit.made().rev();
    Redo.Draft plan = redo.draft(did, rev);
    List<Write> decision = new ArrayList<>(commit.touches());
    while (decision.size() > TOUCHES) {
      List<Write> some = decision.subList(0, TOUCHES);
      index.transact(List.copyOf(some));
      some.clear();
    }
    Head pending = before.withPending(rev);
    decision.add(replace(did, before, pending));
    try {
      transactAfter(
          did,
          commit.beforehand(),
          List.of(commit.draft().pack()),
          () -> plan.add(commit.writes()).complete(commit.made(), List.of(commit.outbox())),
          decision);
    } catch (ConditionFailedException e) {
      plan.discard();
      throw e;
    }
    redo.finish(did, pending);
  }

  private void putPacks(List<Pack> packs) {
    int stored =
        objects.putInOrder(
            packs.stream()
                .map(pack -> new Objects.New(pack.name(), pack.bytes(), pack.note().toMetadata()))
                .toList());
    if (stored < packs.size()) {
      throw new RevisionTakenException(stored);
    }
  }

  /** Stores the pack of a first commit and lists the rest of what makes the repository. */
  RepoGenesis genesis(Did did, TreeChange change, Commit commit, RepoState state) {
    CommitDraft draft =
        CommitDraft.of(did, null, change, commit, new TreeEdit(List.of(), Map.of()), false);
    putPacks(List.of(draft.pack()));
    List<Write> writes = new ArrayList<>();
    writes.add(Write.put(RepoKeys.head(did), draft.head(state).toItem(), Condition.ABSENT));
    CommitEvent created = draft.event(did);
    SyncEvent sync = syncEvent(did, commit.rev(), commit.cid(), commit.encode());
    return new RepoGenesis(
        writes, List.of(created, sync), draft.pack().name(), commit.cid(), commit.rev());
  }

  /** What tells the network where a repository stands. */
  static SyncEvent syncEvent(Did did, Tid rev, Cid commit, byte[] commitBlock) {
    Pack only = Pack.of("", PackNote.FULL, commit, commitBlock, List.of());
    return new SyncEvent(did, rev, only.bytes());
  }

  /** Waits a little, longer each time and never in step with others. */
  void backOff(int attempt) {
    long ceiling = BACK_OFF_NANOS << Math.min(attempt, 7);
    LockSupport.parkNanos(random.nextLong(ceiling / 4, ceiling));
  }
}
