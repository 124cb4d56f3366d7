package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Tid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which of a repository's packs form its chain, told from their notes alone: part of {@link
 * RepoRebuild}.
 *
 * <p>The chain begins with the last full pack, or else with the first commit. A pack that never
 * became current has no followers, since whoever writes follows the head. Only where several packs
 * without followers follow the same one, at the very end, is it not certain which was current: then
 * what is left of the Index decides, and else the latest, because a writer that died did so before
 * the next one began.
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
    Optional<Tid> first = full != null ? Optional.of(full) : first(notes, followers, known);
    List<Tid> chain = new ArrayList<>();
    boolean uncertain = false;
    Optional<Tid> next = first;
    while (next.isPresent()) {
      chain.add(next.get());
      List<Tid> candidates = followers.getOrDefault(next.get(), List.of());
      next = choose(candidates, followers, known);
      uncertain =
          candidates.size() > 1
              && candidates.stream()
                  .noneMatch(rev -> followers.containsKey(rev) || known.test(rev));
    }
    List<Tid> strays = new ArrayList<>(strays(notes, chain));
    Optional<Tid> beyond = beyond(notes, chain, strays);
    beyond.ifPresent(
        rev -> {
          for (Optional<Tid> at = Optional.of(rev); at.isPresent(); ) {
            chain.add(at.get());
            strays.remove(at.get());
            at = choose(followers.getOrDefault(at.get(), List.of()), followers, known);
          }
        });
    return new PackGraph(chain, strays, beyond.isPresent(), uncertain);
  }

  private static Optional<Tid> first(
      NavigableMap<Tid, PackNote> notes, Map<Tid, List<Tid>> followers, Predicate<Tid> known) {
    List<Tid> firsts =
        notes.entrySet().stream()
            .filter(entry -> entry.getValue().since() == null)
            .map(Map.Entry::getKey)
            .toList();
    return choose(firsts, followers, known);
  }

  /** The one that others follow, or that is known to have been current, or the latest. */
  private static Optional<Tid> choose(
      List<Tid> candidates, Map<Tid, List<Tid>> followers, Predicate<Tid> known) {
    if (candidates.size() < 2) {
      return candidates.stream().findFirst();
    }
    return candidates.stream()
        .filter(followers::containsKey)
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
