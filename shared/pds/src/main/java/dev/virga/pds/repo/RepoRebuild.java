package dev.virga.pds.repo;

import static java.util.Objects.requireNonNull;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.MstCheck;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.Outbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the items of a repository anew from its packs: the head, tree nodes, records, references to
 * blobs, claims of uniqueness, hints. What is in the Index is not believed, but for who the account
 * is, what moderators have hidden, and which of two rivals at the very end was current.
 *
 * <p>For an operator, while no server runs on the same stores. Can be cut short and done again.
 */
public final class RepoRebuild {
  private static final MstCheck.Limits LIMITS = RepoImport.Limits.USUAL.tree();

  private final Index index;
  private final Objects objects;
  private final TidClock tids;
  private final Path scratch;

  /**
   * @param scratch a directory for the blocks of one repository at a time
   */
  public RepoRebuild(Index index, Objects objects, TidClock tids, Path scratch) {
    this.index = index;
    this.objects = objects;
    this.tids = tids;
    this.scratch = scratch;
  }

  /**
   * What came of it.
   *
   * @param rev the revision that is current now
   * @param latest whether it is the latest that there is a trace of
   * @param findings what is missing or damaged, in words; empty if all was well
   */
  public record Outcome(
      Tid rev, Cid commit, long records, long nodes, boolean latest, List<String> findings) {
    public Outcome {
      findings = List.copyOf(findings);
    }
  }

  /**
   * Rebuilds a repository.
   *
   * @param key that signs for the account
   * @param acceptLoss whether to go back to an earlier commit if the latest is not whole
   * @return empty if the repository has no packs at all
   * @throws StoreException if no commit is whole, or only an earlier one and that is not accepted;
   *     the Index is as it was
   */
  public Optional<Outcome> rebuild(Did did, PublicKey key, RepoState state, boolean acceptLoss)
      throws IOException {
    PackList list = PackList.of(did, objects);
    if (list.packs().isEmpty() && list.full().isEmpty()) {
      return Optional.empty();
    }
    List<String> findings = new ArrayList<>();
    NavigableMap<Tid, PackNote> notes = notes(list, findings);
    @Nullable Tid full = list.full().isEmpty() ? null : list.full().lastKey();
    PackGraph graph = PackGraph.of(notes, full, rev -> index.get(Outbox.key(did, rev)).isPresent());
    report(graph, list, findings);
    try (PackSpool spool = new PackSpool(scratch)) {
      Map<Tid, Cid> commits = spool(list, graph, spool, findings);
      Whole whole = latestWhole(did, key, graph, commits, spool, findings);
      boolean latest = whole.rev().equals(graph.chain().getLast());
      if (!latest && !acceptLoss) {
        throw new StoreException(
            "the latest commit of "
                + did
                + " is not whole, only that of revision "
                + whole.rev()
                + " is: "
                + String.join("; ", findings));
      }
      new RebuiltItems(did, index, spool, tids).write(whole.commit(), state);
      return Optional.of(
          new Outcome(
              whole.rev(),
              whole.commit().cid(),
              whole.size().records(),
              whole.size().nodes(),
              latest && !graph.gap(),
              findings));
    }
  }

  /** Stores a CAR of a whole repository as its full pack, to be rebuilt from. */
  public static void storeFull(Did did, Tid rev, InputStream car, Objects objects)
      throws IOException {
    objects.putStream(RepoKeys.full(did, rev), car, PackNote.FULL.toMetadata());
  }

  private NavigableMap<Tid, PackNote> notes(PackList list, List<String> findings) {
    NavigableMap<Tid, PackNote> notes = new TreeMap<>();
    list.packs()
        .forEach(
            (rev, listed) -> {
              Optional<PackNote> note;
              try {
                note = objects.metadata(listed.name()).flatMap(PackNote::from);
              } catch (StoreException e) {
                note = Optional.empty();
              }
              if (note.isPresent()) {
                notes.put(rev, note.get());
              } else {
                findings.add("the note of pack " + listed.name() + " is missing or damaged");
              }
            });
    return notes;
  }

  private static void report(PackGraph graph, PackList list, List<String> findings) {
    if (graph.gap()) {
      findings.add(
          "packs are missing between the first of the chain and " + graph.chain().getLast());
    }
    if (graph.uncertain()) {
      findings.add("several packs end the chain; the latest was taken: " + graph.chain().getLast());
    }
    if (graph.chain().isEmpty()) {
      throw new StoreException(
          "none of " + list.packs().size() + " packs is one to begin with: " + findings);
    }
  }

  /** Reads all packs of the chain, the full one first; those damaged are left out. */
  private Map<Tid, Cid> spool(
      PackList list, PackGraph graph, PackSpool spool, List<String> findings) throws IOException {
    Map<Tid, Cid> commits = new LinkedHashMap<>();
    for (Tid rev : graph.chain()) {
      Objects.Listed listed = list.full().get(rev);
      if (listed == null) {
        listed = requireNonNull(list.packs().get(rev));
      }
      try {
        commits.put(rev, spool.add(listed.name(), rev, objects));
      } catch (StoreException | IOException e) {
        findings.add(String.valueOf(e.getMessage()));
      }
    }
    return commits;
  }

  /** A commit whose tree is there to the last block. */
  private record Whole(Tid rev, Commit commit, MstCheck.Size size) {}

  private static Whole latestWhole(
      Did did,
      PublicKey key,
      PackGraph graph,
      Map<Tid, Cid> commits,
      PackSpool spool,
      List<String> findings) {
    for (Tid rev : graph.chain().reversed()) {
      Cid cid = commits.get(rev);
      if (cid == null) {
        continue;
      }
      try {
        Commit commit = Commit.decode(spool.load(cid));
        require(commit.did().equals(did), "is of " + commit.did());
        require(commit.rev().equals(rev), "has revision " + commit.rev());
        require(commit.verify(key), "is not signed by the account's key");
        MstCheck.Size size =
            MstCheck.verify(commit.data(), spool, LIMITS, step -> check(step, spool));
        return new Whole(rev, commit, size);
      } catch (MissingBlockException e) {
        findings.add("commit " + rev + " lacks block " + e.cid());
      } catch (DataException | SyntaxException e) {
        findings.add("commit " + rev + ": " + e.getMessage());
      }
    }
    throw new StoreException("no commit of " + did + " is whole: " + String.join("; ", findings));
  }

  private static void check(MstStep step, PackSpool spool) {
    if (step instanceof MstStep.Record(String path, Cid cid)) {
      RepoPath.parse(path);
      DagCbor.decodeObj(spool.load(cid));
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new DataException("it " + otherwise);
    }
  }
}
