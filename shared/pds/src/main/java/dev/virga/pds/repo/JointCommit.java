package dev.virga.pds.repo;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BatchSource;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Commits of several writers, each on top of the one before, that are stored in one go: part of
 * {@link RepoWriter}.
 *
 * <p>What a draft reads of the Index it also writes, so that two which touch no key in common do
 * not depend on each other but for the tree and the head.
 */
final class JointCommit {
  /** Bounds the memory of one transaction, and the wait of the first writer in it. */
  private static final int MOST_PACKED = 1_000_000;

  private final Did did;
  private final Drafter drafter;
  private final PrivateKey key;
  private final Write.Limits limits;
  private final Fresh nodes;
  private final List<DraftedCommit> commits = new ArrayList<>();
  private final Set<Key> decided = new HashSet<>();
  private final Set<Key> beforehand = new HashSet<>();
  private Head head;
  private Mst tree;
  private long bytes;
  private int packed;

  /** The nodes of the tree before, and those that the commits so far have made. */
  private record Fresh(NodeStore stored, Map<Cid, byte[]> made) implements BatchSource {
    @Override
    public boolean isTrusted() {
      return stored.isTrusted();
    }

    @Override
    public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
      Map<Cid, byte[]> found = new HashMap<>();
      List<Cid> others = new ArrayList<>();
      for (Cid cid : cids) {
        byte @Nullable [] bytes = made.get(cid);
        if (bytes == null) {
          others.add(cid);
        } else {
          found.put(cid, bytes);
        }
      }
      if (!others.isEmpty()) {
        found.putAll(stored.loadAll(others));
      }
      return found;
    }
  }

  /**
   * @param head on which the first of the commits stands
   * @param nodes of its tree
   */
  JointCommit(
      Did did, Drafter drafter, PrivateKey key, Write.Limits limits, Head head, NodeStore nodes) {
    this.did = did;
    this.drafter = drafter;
    this.key = key;
    this.limits = limits;
    this.head = head;
    this.nodes = new Fresh(nodes, new HashMap<>());
    this.tree = Mst.load(head.root(), this.nodes);
  }

  /**
   * Adds a commit, if it can be decided on together with those so far.
   *
   * @return empty if it would change nothing, writes what another does, or is too large
   * @throws dev.virga.pds.XrpcException if it is refused; the others stand
   */
  Optional<DraftedCommit> add(List<RecordIntent> intents) {
    if (intents.stream().anyMatch(this::isDecided)) {
      return Optional.empty();
    }
    boolean unclaimed = Drafter.mayBeFirst(intents);
    TreeEdit edit = drafter.resolve(did, tree, intents, unclaimed);
    if (edit.writes().isEmpty()) {
      return Optional.empty();
    }
    DraftedCommit commit =
        drafter.draft(did, key, head, tree, nodes, edit, unclaimed, !commits.isEmpty());
    List<Write> writes = commit.decided();
    long size = Write.bytes(writes) + Write.bytes(commit.beforehand());
    if (!fits(commit, writes, size)) {
      return Optional.empty();
    }
    writes.forEach(write -> decided.add(write.key()));
    commit.beforehand().forEach(write -> beforehand.add(write.key()));
    bytes += size;
    packed += commit.draft().pack().bytes().length;
    commits.add(commit);
    nodes.made().putAll(commit.draft().change().newNodes());
    head = commit.made();
    tree = commit.draft().change().after();
    return Optional.of(commit);
  }

  /** Spares the drafting of what another has decided on, as all but one do of the same record. */
  private boolean isDecided(RecordIntent intent) {
    return decided.contains(RepoKeys.record(did, intent.path().toString()));
  }

  private boolean fits(DraftedCommit commit, List<Write> writes, long size) {
    int number = decided.size() + beforehand.size() + writes.size() + commit.beforehand().size();
    return limits.allow(number + 1, bytes + size + Head.MOST_BYTES)
        && (commits.isEmpty() || isApart(commit, writes));
  }

  private boolean isApart(DraftedCommit commit, List<Write> writes) {
    return packed + commit.draft().pack().bytes().length <= MOST_PACKED
        && writes.stream()
            .map(Write::key)
            .noneMatch(written -> decided.contains(written) || beforehand.contains(written))
        && commit.beforehand().stream().map(Write::key).noneMatch(decided::contains);
  }
}
