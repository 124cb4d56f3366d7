package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Objects;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The packs that led to a head, followed backwards by their notes.
 *
 * @param notes of the packs found, by revision
 * @param reached how far back the packs were followed; nothing is known of those before
 */
record PackChain(NavigableMap<Tid, PackNote> notes, Tid reached) {

  /** A chain of which nothing is known but where it ends. */
  static PackChain unread(Head head) {
    return new PackChain(new TreeMap<>(), head.rev());
  }

  /**
   * Follows the packs from a head, until one is missing, damaged, or as old as the last full one.
   *
   * @param full the last full pack; null for none
   */
  static PackChain behind(Head head, PackList list, @Nullable Tid full, Objects objects) {
    NavigableMap<Tid, PackNote> notes = new TreeMap<>();
    Tid reached = head.rev();
    @Nullable Tid next = head.rev();
    while (next != null && (full == null || next.compareTo(full) > 0)) {
      Optional<PackNote> note =
          Optional.ofNullable(list.packs().get(next))
              .flatMap(listed -> objects.metadata(listed.name()))
              .flatMap(PackNote::from);
      if (note.isEmpty()) {
        break;
      }
      notes.put(next, note.get());
      reached = next;
      next = note.get().since();
    }
    return new PackChain(notes, full != null && full.equals(next) ? full : reached);
  }

  /** Packs among those looked at that the head does not follow. */
  Set<String> strangers(PackList list) {
    Set<String> strangers = new TreeSet<>();
    list.packs()
        .tailMap(reached, false)
        .forEach(
            (rev, listed) -> {
              if (!notes.containsKey(rev)) {
                strangers.add(listed.name());
              }
            });
    return strangers;
  }

  /** The first commit among them that replaced or deleted a record. */
  Optional<Tid> firstDrop() {
    return notes.entrySet().stream()
        .filter(entry -> entry.getValue().drops() > 0)
        .map(java.util.Map.Entry::getKey)
        .findFirst();
  }
}
