package dev.virga.pds.repo;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.TreeChange;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes commits: the one algorithm that must be right.
 *
 * <p>Reads the head (or recalls it), applies the client's intents to the tree, signs, stores pack
 * and nodes, and then replaces the head in a transaction that also writes records, references and
 * the event. If another writer was faster the transaction fails and all is done again on top.
 * Writers of one process that wait for each other share a transaction, with a commit for each.
 */
public final class RepoWriter {
  /** The most intents of one write. Source: com.atproto.repo.applyWrites in the reference. */
  public static final int MAX_WRITES = 200;

  /** How often a write starts over; writers of one process take turns, so few are ever needed. */
  private static final int MAX_ATTEMPTS = 12;

  private final Index index;
  private final Objects objects;
  private final Heads heads;
  private final BlockCache cache;
  private final CommitStore store;
  private final Signers keys;
  private final TidClock tids;
  private final Drafter drafter;
  private final WriteTurns turns;

  /**
   * @param keys the signing key of an account of this server
   */
  public RepoWriter(
      Index index,
      Objects objects,
      Heads heads,
      BlockCache cache,
      CommitStore store,
      Signers keys,
      TidClock tids,
      InstantSource clock) {
    this.index = index;
    this.objects = objects;
    this.heads = heads;
    this.cache = cache;
    this.store = store;
    this.keys = keys;
    this.tids = tids;
    this.drafter = new Drafter(index, tids, clock);
    this.turns = new WriteTurns(this::serve, index.tellsInOrder());
  }

  /**
   * Carries out all intents in one commit, or none.
   *
   * @param intents at most {@link #MAX_WRITES}; without any, an empty commit is made
   * @param swapCommit the commit that the client believes to be current; null if it does not say
   * @throws XrpcException InvalidSwap, InvalidRequest, BlobNotFound, InvalidMimeType, InvalidSize,
   *     RepoNotFound, or what the repository's state demands
   */
  public WriteOutcome write(Did did, List<RecordIntent> intents, @Nullable Cid swapCommit) {
    if (intents.size() > MAX_WRITES) {
      throw XrpcException.invalidRequest("Too many writes. Max: " + MAX_WRITES);
    }
    return turns.take(new WriteTurns.Request(did, intents, swapCommit));
  }

  /**
   * Ends each of the requests. Those that cannot be carried out together are one by one. A single
   * one goes the way of several where there may be such, so that this way is the one in practice.
   */
  void serve(Did did, List<WriteTurns.Request> requests) {
    if (index.tellsInOrder() && requests.getFirst().joins()) {
      writeTogether(did, requests);
    }
    for (WriteTurns.Request request : requests) {
      if (!request.isEnded()) {
        try {
          request.end(writeInTurn(did, request.intents(), request.swapCommit()));
        } catch (RuntimeException e) {
          request.fail(e);
        }
      }
    }
  }

  /**
   * Makes a commit for each request and stores them in one go. Whatever speaks against it, be it in
   * one of them only, leaves that request or all of them open: none is refused because of what is
   * not stored yet.
   */
  private void writeTogether(Did did, List<WriteTurns.Request> requests) {
    Map<WriteTurns.Request, DraftedCommit> drafted = new LinkedHashMap<>();
    Head before;
    try {
      before = head(did);
      JointCommit joint =
          new JointCommit(did, drafter, key(did), index.limits(), before, nodes(did, before));
      for (WriteTurns.Request request : requests) {
        join(joint, request).ifPresent(commit -> drafted.put(request, commit));
      }
    } catch (XrpcException | StoreException | MissingBlockException | ConditionFailedException e) {
      heads.forget(did);
      return;
    }
    List<DraftedCommit> commits = List.copyOf(drafted.values());
    if (commits.isEmpty()) {
      return;
    }
    try {
      store.commitTogether(did, before, commits);
    } catch (ConditionFailedException e) {
      heads.forget(did);
      return;
    } catch (RuntimeException e) {
      drafted.keySet().forEach(request -> request.fail(e)); // it may have happened
      return;
    }
    commits.forEach(commit -> commit.draft().change().newNodes().forEach(cache::put));
    heads.remember(did, commits.getLast().made());
    drafted.forEach((request, commit) -> request.end(commit.outcome()));
  }

  private static Optional<DraftedCommit> join(JointCommit joint, WriteTurns.Request request) {
    try {
      return joint.add(request.intents());
    } catch (XrpcException e) {
      return Optional.empty();
    }
  }

  private WriteOutcome writeInTurn(Did did, List<RecordIntent> intents, @Nullable Cid swapCommit) {
    for (int attempt = 1; ; attempt++) {
      try {
        boolean unclaimed = attempt == 1 && Drafter.mayBeFirst(intents);
        return attempt(did, intents, swapCommit, unclaimed);
      } catch (MissingBlockException e) {
        // A head remembered for a day may lead to nodes that were forgotten since.
        if (attempt > 1) {
          throw e;
        }
        heads.forget(did);
      } catch (ConditionFailedException e) {
        heads.forget(did);
        if (attempt == MAX_ATTEMPTS) {
          throw new XrpcException(
              503, "NotEnoughResources", "The repository is busy, please try again");
        }
        store.backOff(attempt);
      }
    }
  }

  /**
   * One attempt.
   *
   * @param unclaimed to go on without a look whether there is such a record already, and fail if
   *     there is
   */
  private WriteOutcome attempt(
      Did did, List<RecordIntent> intents, @Nullable Cid swapCommit, boolean unclaimed)
      throws ConditionFailedException {
    Head head = head(did);
    if (swapCommit != null && !swapCommit.equals(head.commit())) {
      refuseSwap(did, swapCommit);
      head = heads.recall(did).orElseThrow();
    }
    try {
      return commit(did, head, intents, unclaimed);
    } catch (MissingBlockException e) {
      // The nodes of a head that was remembered for days are gone if others wrote meanwhile.
      requireCurrent(did, head);
      throw e;
    }
  }

  private WriteOutcome commit(Did did, Head head, List<RecordIntent> intents, boolean unclaimed)
      throws ConditionFailedException {
    NodeStore nodes = nodes(did, head);
    Mst tree = Mst.load(head.root(), nodes);
    TreeEdit edit = resolve(did, tree, intents, unclaimed);
    if (edit.writes().isEmpty() && !intents.isEmpty()) {
      requireCurrent(did, head);
      return new WriteOutcome.Unchanged();
    }
    DraftedCommit commit = drafter.draft(did, key(did), head, tree, nodes, edit, unclaimed, false);
    store.commit(did, head, commit);
    commit.draft().change().newNodes().forEach(cache::put);
    heads.remember(did, commit.made());
    return commit.outcome();
  }

  /** The head as remembered or read, of a repository that may be written. */
  private Head head(Did did) {
    readTogether(did);
    Head head =
        heads
            .recall(did)
            .orElseThrow(
                () -> XrpcException.badRequest("RepoNotFound", "Could not find repo: " + did));
    head.state().requireWritable();
    return head;
  }

  /** The nodes of a tree, with those at hand that the next commit very likely needs. */
  private NodeStore nodes(Did did, Head head) {
    NodeStore nodes = new NodeStore(did, index, objects, cache, head.young());
    nodes.loadAll(head.young().latest());
    return nodes;
  }

  /** Reads what a process that knows nothing of a repository needs of it in one call. */
  private void readTogether(Did did) {
    Optional<Key> signing = keys.unread(did);
    if (signing.isPresent() && !heads.knows(did)) {
      Map<Key, Item> found = index.batchGet(List.of(Heads.key(did), signing.get()));
      Optional.ofNullable(found.get(Heads.key(did))).ifPresent(head -> heads.offer(did, head));
      Optional.ofNullable(found.get(signing.get())).ifPresent(key -> keys.offer(did, key));
    }
  }

  /** That there is nothing to write must be true of the repository as it is now. */
  private void requireCurrent(Did did, Head head) throws ConditionFailedException {
    Optional<Head> current = heads.find(did);
    if (current.isEmpty() || !current.get().etag().equals(head.etag())) {
      throw new ConditionFailedException(List.of(Heads.key(did)));
    }
  }

  /** The account's key, which goes with the account when somebody deletes it meanwhile. */
  private PrivateKey key(Did did) throws ConditionFailedException {
    try {
      return keys.of(did);
    } catch (IllegalStateException e) {
      if (heads.find(did).isEmpty()) {
        throw new ConditionFailedException(List.of(Heads.key(did)));
      }
      throw e;
    }
  }

  /** Refuses a swap unless it was the remembered head that was out of date. */
  private void refuseSwap(Did did, Cid swapCommit) {
    heads.forget(did);
    Optional<Head> current = heads.find(did);
    if (current.isEmpty() || !current.get().commit().equals(swapCommit)) {
      throw XrpcException.badRequest(
          "InvalidSwap",
          "Commit was at " + current.map(head -> head.commit().toString()).orElse("null"));
    }
  }

  /** Resolves intents; what looks wrong on a remembered head is looked at again on a fresh one. */
  private TreeEdit resolve(Did did, Mst tree, List<RecordIntent> intents, boolean unclaimed)
      throws ConditionFailedException {
    try {
      return drafter.resolve(did, tree, intents, unclaimed);
    } catch (XrpcException e) {
      Optional<Head> current = heads.find(did);
      if (current.isPresent() && !current.get().root().equals(tree.root())) {
        throw new ConditionFailedException(List.of(Heads.key(did)));
      }
      throw e;
    }
  }

  /**
   * The first commit of a new repository: empty, with its pack already stored.
   *
   * @return what to write and to tell in the transaction that makes the account
   */
  public RepoGenesis genesis(Did did, PrivateKey key, RepoState state) {
    Tid rev = tids.next();
    TreeChange change = TreeChange.apply(Mst.empty(), List.of());
    Commit commit = Commit.sign(did, rev, change.after().root(), key);
    return store.genesis(did, change, commit, state);
  }
}
