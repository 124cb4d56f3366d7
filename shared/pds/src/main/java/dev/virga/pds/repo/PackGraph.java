package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Tid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which of a repository's packs form its chain, told from their notes alone: part of {@link
 * RepoRebuild}.
 *
 * <p>The chain begins with the last full pack, or else with the first commit. A pack that never
 * became current has no followers, since whoever writes follows the head, but for those that were
 * to become current together with it. Only where several packs without other followers follow the
 * same one, at the very end, is it not certain which was current: then what is left of the Index
 * decides, and else the latest, because a writer that died did so before the next one began.
 *
 * @param chain in order; empty if there is nothing to begin with
 * @param strays packs that do not belong to it
 * @param gap whether commits that are missing lie between the chain and later packs, which then are
 *     in the chain
 * @param uncertain whether the last pack had rivals
 */
record PackGraph(List<Tid> chain, List<Tid> strays, boolean gap, boolean uncertain) {

  /**
   * Puts packs into their order.
   *
   * @param notes of all packs of commits and imports
   * @param full the last full pack; null for none
   * @param known whether the Index still knows that a commit was made
   */
  static PackGraph of(NavigableMap<Tid, PackNote> notes, @Nullable Tid full, Predicate<Tid> known) {
    Map<Tid, List<Tid>> followers = new HashMap<>();
    notes.forEach(
        (rev, note) -> {
          if (note.since() != null && rev.compareTo(note.since()) > 0) {
            followers.computeIfAbsent(note.since(), since -> new ArrayList<>()).add(rev);
          }
        });
    Predicate<Tid> followed = followed(notes)::contains;
    Optional<Tid> first = full != null ? Optional.of(full) : first(notes, followed, known);
    List<Tid> chain = new ArrayList<>();
    boolean uncertain = false;
    Optional<Tid> next = first;
    while (next.isPresent()) {
      chain.add(next.get());
      List<Tid> candidates = followers.getOrDefault(next.get(), List.of());
      next = choose(candidates, followed, known);
      uncertain |=
          candidates.size() > 1
              && candidates.stream().noneMatch(rev -> followed.test(rev) || known.test(rev));
    }
    List<Tid> strays = new ArrayList<>(strays(notes, chain));
    Optional<Tid> beyond = beyond(notes, chain, strays);
    beyond.ifPresent(
        rev -> {
          for (Optional<Tid> at = Optional.of(rev); at.isPresent(); ) {
            chain.add(at.get());
            strays.remove(at.get());
            at = choose(followers.getOrDefault(at.get(), List.of()), followed, known);
          }
        });
    return new PackGraph(chain, strays, beyond.isPresent(), uncertain);
  }

  /** The packs that somebody followed later, who therefore found them to be current. */
  private static Set<Tid> followed(NavigableMap<Tid, PackNote> notes) {
    Set<Tid> joints = new HashSet<>();
    notes.forEach(
        (rev, note) -> {
          if (!note.joined() && note.since() != null && rev.compareTo(note.since()) > 0) {
            joints.add(joint(notes, note.since()));
          }
        });
    return notes.keySet().stream()
        .filter(rev -> joints.contains(joint(notes, rev)))
        .collect(Collectors.toSet());
  }

  /** The first of the packs that were to become current together with one. */
  private static Tid joint(NavigableMap<Tid, PackNote> notes, Tid rev) {
    Tid first = rev;
    PackNote note = notes.get(first);
    while (note != null
        && note.joined()
        && note.since() != null
        && first.compareTo(note.since()) > 0) {
      first = note.since();
      note = notes.get(first);
    }
    return first;
  }

  private static Optional<Tid> first(
      NavigableMap<Tid, PackNote> notes, Predicate<Tid> followed, Predicate<Tid> known) {
    List<Tid> firsts =
        notes.entrySet().stream()
            .filter(entry -> entry.getValue().since() == null)
            .map(Map.Entry::getKey)
            .toList();
    return choose(firsts, followed, known);
  }

  /** The one that others follow, or that is known to have been current, or the latest. */
  private static Optional<Tid> choose(
      List<Tid> candidates, Predicate<Tid> followed, Predicate<Tid> known) {
    if (candidates.size() < 2) {
      return candidates.stream().findFirst();
    }
    return candidates.stream()
        .filter(followed)
        .max(Comparator.naturalOrder())
        .or(() -> candidates.stream().filter(known).max(Comparator.naturalOrder()))
        .or(() -> candidates.stream().max(Comparator.naturalOrder()));
  }

  private static List<Tid> strays(NavigableMap<Tid, PackNote> notes, List<Tid> chain) {
    return chain.isEmpty()
        ? List.copyOf(notes.keySet())
        : notes.tailMap(chain.getFirst(), false).keySet().stream()
            .filter(rev -> !chain.contains(rev))
            .toList();
  }

  /** The last pack whose predecessor should be here and is missing, if there is one. */
  private static Optional<Tid> beyond(
      NavigableMap<Tid, PackNote> notes, List<Tid> chain, List<Tid> strays) {
    return strays.stream()
        .filter(rev -> chain.isEmpty() || rev.compareTo(chain.getLast()) > 0)
        .filter(
            rev -> {
              PackNote note = notes.get(rev);
              @Nullable Tid since = note == null ? null : note.since();
              // What follows a commit before the full pack was left behind long ago.
              return since != null
                  && !notes.containsKey(since)
                  && (chain.isEmpty() || since.compareTo(chain.getFirst()) > 0);
            })
        .max(Comparator.naturalOrder());
  }
}
