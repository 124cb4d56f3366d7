package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Item;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Tidying} knows of a repository from the time before.
 *
 * @param seen the etag of the head that was looked at
 * @param next when to look again, even if the head has not changed
 * @param full the last full pack, into which items of large blocks point; null for none
 * @param mergedAt when that was done
 * @param suspects objects that looked left behind
 * @param suspectedAt when they first did
 */
record Tidiness(
    String seen,
    Instant next,
    @Nullable Tid full,
    Instant mergedAt,
    Set<String> suspects,
    Instant suspectedAt) {
  /** How long something must have looked left behind, whatever the clocks of writers say. */
  static final Duration SUSPICION = Duration.ofDays(1);

  static final Tidiness UNKNOWN =
      new Tidiness("", Instant.EPOCH, null, Instant.EPOCH, Set.of(), Instant.EPOCH);

  private static final int MAX_SUSPECTS = 200;

  Tidiness {
    suspects = Set.copyOf(suspects);
  }

  static Tidiness from(Item item) {
    return new Tidiness(
        item.requireText("seen"),
        Instant.ofEpochMilli(item.requireNumber("next")),
        item.text("full").map(Tid::parse).orElse(null),
        Instant.ofEpochMilli(item.requireNumber("mergedAt")),
        item.text("suspects").map(names -> Set.of(names.split(" "))).orElse(Set.of()),
        Instant.ofEpochMilli(item.requireNumber("suspectedAt")));
  }

  Item toItem() {
    return Item.builder()
        .text("seen", seen)
        .number("next", next.toEpochMilli())
        .text("full", full == null ? null : full.toString())
        .number("mergedAt", mergedAt.toEpochMilli())
        .text("suspects", suspects.isEmpty() ? null : String.join(" ", new TreeSet<>(suspects)))
        .number("suspectedAt", suspectedAt.toEpochMilli())
        .build();
  }

  boolean isDue(Head head, Instant now) {
    return !seen.equals(head.etag()) || !now.isBefore(next);
  }

  /** Those that have looked left behind for long enough, and still do. */
  Set<String> convicted(Set<String> strangers, Instant now) {
    if (now.isBefore(suspectedAt.plus(SUSPICION))) {
      return Set.of();
    }
    Set<String> convicted = new TreeSet<>(suspects);
    convicted.retainAll(strangers);
    return convicted;
  }

  /** With what looks left behind now; the time begins anew only when the last ones had theirs. */
  Tidiness suspecting(Set<String> strangers, Instant now) {
    Set<String> still = new TreeSet<>(suspects);
    still.retainAll(strangers);
    boolean anew = still.isEmpty() || !now.isBefore(suspectedAt.plus(SUSPICION));
    Set<String> chosen = new TreeSet<>();
    (anew ? strangers : still).stream().sorted().limit(MAX_SUSPECTS).forEach(chosen::add);
    return new Tidiness(seen, next, full, mergedAt, chosen, anew ? now : suspectedAt);
  }

  Tidiness merged(Tid rev, Instant now) {
    return new Tidiness(seen, next, rev, now, suspects, suspectedAt);
  }

  Tidiness looked(Head head, Instant again) {
    return new Tidiness(head.etag(), again, full, mergedAt, suspects, suspectedAt);
  }
}
