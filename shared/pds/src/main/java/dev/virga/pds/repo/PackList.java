package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one repository by what they are, as listed at one moment.
 *
 * @param packs of commits and imports
 * @param full whole repositories
 * @param plans what large commits are carried out by, {@link Redo}
 */
record PackList(
    NavigableMap<Tid, Objects.Listed> packs,
    NavigableMap<Tid, Objects.Listed> full,
    List<Plan> plans) {
  /** How far a listing goes; beyond it, what is listed must be tidied up first. */
  private static final int MAX_PAGES = 500;

  /** An object of the plan of a large commit. */
  record Plan(Tid rev, String name) {}

  static PackList of(Did did, Objects objects) {
    PackList list = new PackList(new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    String prefix = RepoKeys.packs(did);
    @Nullable String after = null;
    int pages = 0;
    do {
      Objects.Listing listing = objects.list(prefix, after);
      listing.objects().forEach(listed -> list.add(listed, prefix.length()));
      after = listing.next();
    } while (after != null && ++pages < MAX_PAGES);
    return list;
  }

  private void add(Objects.Listed listed, int prefix) {
    String file = listed.name().substring(prefix);
    int dot = file.indexOf('.');
    if (dot < 0 || !Tid.isValid(file.substring(0, dot))) {
      return; // nothing of ours
    }
    Tid rev = Tid.parse(file.substring(0, dot));
    String kind = file.substring(dot);
    if (kind.equals(RepoKeys.PACK)) {
      packs.put(rev, listed);
    } else if (kind.equals(RepoKeys.FULL)) {
      full.put(rev, listed);
    } else {
      plans.add(new Plan(rev, listed.name()));
    }
  }
}
