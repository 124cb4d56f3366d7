package dev.virga.pds.verify;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.PackNote;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.verify.Finding.Code;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks the packs of a repository: that they form the chain of commits which leads to the head.
 */
final class PackCheck {
  /** What a pack of ours may have at most: that of an import holds a whole repository. */
  private static final CarReader.Limits LIMITS =
      new CarReader.Limits(4_000_000, 1L << 32, 1L << 40);

  private final Did did;
  private final Head head;
  private final Stores stores;
  private final Findings findings;
  private final Fingerprints chain = new Fingerprints();
  private @Nullable Tid brokenAt;

  PackCheck(Did did, Head head, Stores stores, Findings findings) {
    this.did = did;
    this.head = head;
    this.stores = stores;
    this.findings = findings;
  }

  /** A link of the chain. */
  record Link(Tid rev, PackNote note) {}

  /** Takes the links of the chain, the newest first. */
  interface Links {
    void link(Link link);
  }

  /**
   * Whether a revision is in the chain; to be asked after {@link #run}. What lies before a pack
   * that is missing or damaged may be.
   */
  boolean hasInChain(Tid rev) {
    return chain.has(RepoKeys.pack(did, rev)) || isBeyondBreak(rev);
  }

  private boolean isBeyondBreak(Tid rev) {
    return brokenAt != null && rev.compareTo(brokenAt) < 0;
  }

  void run(Links links) {
    List<String> plans = new ArrayList<>();
    Fingerprints stored = new Fingerprints();
    stores.eachObject(
        RepoKeys.packs(did),
        object -> {
          if (isPack(object.name())) {
            stored.add(object.name());
          } else {
            plans.add(object.name());
          }
        });
    follow(stored, links);
    stores.eachObject(RepoKeys.packs(did), this::checkStray);
    plans.forEach(this::checkPlan);
  }

  /** Goes from the head to the pack from which on the repository is known, and on while it can. */
  private void follow(Fingerprints stored, Links links) {
    @Nullable Tid rev = head.rev();
    @Nullable Cid root = head.root();
    boolean needed = true;
    while (rev != null) {
      String name = RepoKeys.pack(did, rev);
      needed &= !stored.has(RepoKeys.full(did, rev));
      if (!stored.has(name)) {
        if (needed) {
          findings.damage(Code.PACK_MISSING, name, "is in the chain of commits");
          brokenAt = rev;
        }
        return;
      }
      chain.add(name);
      Optional<PackNote> note = note(name);
      if (note.isEmpty()) {
        brokenAt = rev;
        return;
      }
      checkPack(name, rev, note.get(), root);
      links.link(new Link(rev, note.get()));
      needed &= !note.get().isWhole();
      Tid since = note.get().since();
      if (since != null && since.compareTo(rev) >= 0) {
        findings.damage(Code.PACK_DAMAGED, name, "follows a later revision " + since);
        return;
      }
      rev = since;
      root = note.get().prevData();
    }
  }

  private Optional<PackNote> note(String name) {
    try {
      Optional<PackNote> note = stores.objects().metadata(name).flatMap(PackNote::from);
      if (note.isEmpty()) {
        findings.damage(Code.PACK_DAMAGED, name, "its metadata do not say what it follows");
      }
      return note;
    } catch (StoreException e) {
      findings.damage(Code.PACK_DAMAGED, name, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * @param root of the tree, as what follows the pack has it; null if nothing says
   */
  private void checkPack(String name, Tid rev, PackNote note, @Nullable Cid root) {
    try (Objects.Opened pack =
            stores.objects().open(name).orElseThrow(() -> new DataException("is missing"));
        CarReader car = new CarReader(pack.content(), LIMITS)) {
      Block first = car.next().orElseThrow(() -> new DataException("has no blocks"));
      Commit commit = Commit.decode(first.bytes());
      demand(first.cid().equals(car.root()), "the commit is not the first block");
      demand(commit.did().equals(did), "is of " + commit.did());
      demand(commit.rev().equals(rev), "is of revision " + commit.rev());
      demand(
          !rev.equals(head.rev()) || first.cid().equals(head.commit()), "is not the head's commit");
      demand(root == null || commit.data().equals(root), "is not of the tree that was built upon");
      Cid prevData = note.prevData();
      boolean unchanged = prevData != null && commit.data().equals(prevData);
      demand(hasBlock(car, commit.data()) || unchanged, "lacks the root of the tree");
      findings.count(Tally.ofPacks(1, pack.size()));
    } catch (StoreException | DataException | SyntaxException | IOException e) {
      findings.damage(Code.PACK_DAMAGED, name, String.valueOf(e.getMessage()));
    }
  }

  /** Reads to the end, by which every block is compared with its CID. */
  private static boolean hasBlock(CarReader car, Cid wanted) throws IOException {
    boolean found = false;
    Optional<Block> block = car.next();
    while (block.isPresent()) {
      found |= block.get().cid().equals(wanted);
      block = car.next();
    }
    return found;
  }

  private static void demand(boolean holds, String otherwise) {
    if (!holds) {
      throw new DataException(otherwise);
    }
  }

  private void checkStray(Objects.Listed object) {
    if (!isPack(object.name()) || chain.has(object.name())) {
      return;
    }
    Optional<Tid> rev = revision(object.name());
    if (rev.isPresent() && object.name().equals(RepoKeys.full(did, rev.get()))) {
      checkFull(object.name(), rev.get());
      return;
    }
    if (rev.isEmpty()) {
      findings.damage(Code.OBJECT_ORPHANED, object.name(), "is no revision's");
    } else if (!rev.get().equals(head.pending()) && !isBeyondBreak(rev.get())) {
      findings.leftover(
          Code.PACK_ORPHANED,
          object.name(),
          Findings.instant(rev.get()),
          "is not in the chain of commits");
    }
  }

  private static boolean isPack(String name) {
    return name.endsWith(RepoKeys.PACK) || name.endsWith(RepoKeys.FULL);
  }

  /** A whole repository, of a revision that was current once. */
  private void checkFull(String name, Tid rev) {
    if (rev.compareTo(head.rev()) > 0) {
      findings.damage(Code.PACK_DAMAGED, name, "is of a revision that was never current");
    } else {
      checkPack(name, rev, PackNote.FULL, null);
    }
  }

  private void checkPlan(String name) {
    Optional<Tid> rev = revision(name);
    if (rev.isPresent() && !rev.get().equals(head.pending())) {
      findings.leftover(
          Code.PLAN_ORPHANED, name, Findings.instant(rev.get()), "no head points to it");
    }
  }

  /** The revision in the name of a pack or plan. */
  private Optional<Tid> revision(String name) {
    String rest = name.substring(RepoKeys.packs(did).length());
    int dot = rest.indexOf('.');
    try {
      return Optional.of(Tid.parse(dot < 0 ? rest : rest.substring(0, dot)));
    } catch (SyntaxException e) {
      return Optional.empty();
    }
  }
}
