package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the objects of repositories few and current: merges packs into full ones, removes the packs
 * that these replace once nothing needs them, and what dead processes left behind.
 *
 * <p>Can die at any call, and may run in several processes at once. Nothing is removed that an item
 * points to or the log may still send; and what looks left behind is removed only if it did a day
 * earlier already, whatever the clocks of writers say, so that no writer under way loses its pack.
 */
public final class Tidying {
  /** More packs than this are merged; a rebuild reads as many objects. */
  static final int MANY = 200;

  /** More bytes of packs than this are merged, and than the last full one has. */
  private static final long LARGE = 8_000_000;

  /** How long before the end of the window packs with deleted records are merged. */
  private static final Duration AHEAD = Duration.ofDays(1);

  /** How long readers, and writers that saw items as they were before a merge, may take. */
  private static final Duration SETTLED = Duration.ofHours(2);

  /** How long after its end an item may still be looked for. */
  private static final Duration LATE = Duration.ofHours(1);

  private static final Duration DAY = Duration.ofDays(1);

  /** A repository that nobody writes to is looked at so often. */
  private static final Duration QUIET = Duration.ofDays(30);

  private static final int PAGE = 500;

  private final Index index;
  private final Objects objects;
  private final Heads heads;
  private final FullPacks fullPacks;
  private final Settling settling;
  private final InstantSource clock;
  private final Duration window;

  /**
   * @param scratch where full packs are written before they are stored
   * @param window how long the log keeps events
   */
  public Tidying(
      Index index,
      Objects objects,
      Heads heads,
      RepoReader reader,
      RepoExport export,
      TidClock tids,
      InstantSource clock,
      Path scratch,
      Duration window) {
    this.index = index;
    this.objects = objects;
    this.heads = heads;
    this.fullPacks = new FullPacks(index, objects, export, scratch);
    this.settling = new Settling(index, heads, reader, tids);
    this.clock = clock;
    this.window = window;
  }

  /** What came of looking at a repository. */
  public record Done(boolean merged, int removed) {
    static final Done NOTHING = new Done(false, 0);
  }

  /**
   * Looks at a repository if it is time to, and does what is due.
   *
   * @throws dev.virga.pds.store.StoreException if a block is missing or damaged
   */
  public Done tidy(Did did) {
    Tidiness known = index.get(RepoKeys.tidiness(did)).map(Tidiness::from).orElse(Tidiness.UNKNOWN);
    Optional<Head> first = index.get(RepoKeys.head(did)).map(Head::from);
    if (first.isEmpty() || !known.isDue(first.get(), clock.instant())) {
      return Done.NOTHING;
    }
    PackList list = PackList.of(did, objects);
    // Read after the listing, so that whatever is listed and was committed is behind this head.
    Optional<Head> head = heads.find(did);
    return head.isEmpty() ? Done.NOTHING : tidy(did, head.get(), list, known);
  }

  private Done tidy(Did did, Head head, PackList list, Tidiness known) {
    Instant now = clock.instant();
    @Nullable Tid full = known.full();
    Map<Tid, Objects.Listed> later =
        full == null ? list.packs() : list.packs().tailMap(full, false);
    PackChain chain =
        later.size() > MANY ? PackChain.unread(head) : PackChain.behind(head, list, full, objects);

    Tidiness state = known;
    boolean merge = isMergeDue(list, later.values(), full, chain, now);
    if (merge) {
      merge(did, head);
      state = state.merged(head.rev(), clock.instant());
    }

    Set<String> strangers = strangers(list, head, chain);
    Set<String> unneeded = new HashSet<>(state.convicted(strangers, now));
    unneeded.addAll(replaced(list, state, now));
    if (!unneeded.isEmpty()) {
      unneeded.removeAll(needed(did, now));
      unneeded.forEach(objects::delete);
      strangers.removeAll(unneeded);
    }
    state = state.suspecting(strangers, now);
    state = state.looked(head, next(list, state, chain, merge, now));
    remember(did, head, state);
    return new Done(merge, unneeded.size());
  }

  /** Leaves nothing behind of a repository that was deleted meanwhile. */
  private void remember(Did did, Head head, Tidiness state) {
    try {
      index.transact(
          Write.all(
              Write.put(RepoKeys.tidiness(did), state.toItem()),
              Write.check(RepoKeys.head(did), Condition.PRESENT)));
    } catch (ConditionFailedException e) {
      objects.delete(RepoKeys.full(did, head.rev()));
    }
  }

  private void merge(Did did, Head head) {
    try {
      fullPacks.write(did, head);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    settling.settle(did, head.rev());
  }

  private boolean isMergeDue(
      PackList list,
      Collection<Objects.Listed> later,
      @Nullable Tid full,
      PackChain chain,
      Instant now) {
    long bytes = later.stream().mapToLong(Objects.Listed::size).sum();
    long before =
        full == null
            ? 0
            : Optional.ofNullable(list.full().get(full)).map(Objects.Listed::size).orElse(0L);
    boolean drops = chain.firstDrop().filter(rev -> !now.isBefore(dropsDue(rev))).isPresent();
    return later.size() > MANY || bytes > Math.max(LARGE, before) || drops;
  }

  private Instant dropsDue(Tid rev) {
    return time(rev).plus(window).minus(AHEAD);
  }

  private static Instant time(Tid rev) {
    return Instant.EPOCH.plus(rev.micros(), ChronoUnit.MICROS);
  }

  /** Packs that never became current, and plans that were carried out or never decided on. */
  private static Set<String> strangers(PackList list, Head head, PackChain chain) {
    Set<String> strangers = new TreeSet<>(chain.strangers(list));
    list.plans().stream()
        .filter(plan -> !plan.rev().equals(head.pending()))
        .forEach(plan -> strangers.add(plan.name()));
    return strangers;
  }

  /** Packs before the last full one, of which the log may have forgotten the events. */
  private Set<String> replaced(PackList list, Tidiness state, Instant now) {
    Set<String> replaced = new TreeSet<>();
    if (!now.isBefore(state.mergedAt().plus(SETTLED))) {
      older(list, state)
          .filter(entry -> !now.isBefore(forgotten(entry.getKey())))
          .forEach(entry -> replaced.add(entry.getValue().name()));
    }
    return replaced;
  }

  private static Stream<Map.Entry<Tid, Objects.Listed>> older(PackList list, Tidiness state) {
    Tid full = state.full();
    return full == null
        ? Stream.of()
        : Stream.concat(
            list.packs().headMap(full, true).entrySet().stream(),
            list.full().headMap(full, false).entrySet().stream());
  }

  private Instant forgotten(Tid rev) {
    return time(rev).plus(window).plus(LATE);
  }

  /**
   * The packs that items of a repository point to: records, tree nodes, what was replaced a moment
   * ago, and events that the log still has. Reads all of them.
   */
  private Set<String> needed(Did did, Instant now) {
    Set<String> needed = new HashSet<>();
    Range rest = Range.prefix("");
    Page page;
    do {
      page = index.query(new Query(did.text(), rest, false, PAGE, Query.Consistency.STRONG));
      for (Entry entry : page.entries()) {
        Instant expires = entry.expires();
        if (expires == null || now.isBefore(expires.plus(LATE))) {
          entry.item().text(Stored.PACK).ifPresent(needed::add);
          if (entry.key().equals(RepoKeys.head(did))) {
            Head.from(entry.item()).young().broods().stream()
                .map(brood -> RepoKeys.pack(did, brood.rev()))
                .forEach(needed::add);
          }
        }
        rest = rest.after(entry.key().sort());
      }
    } while (page.more());
    return needed;
  }

  private Instant next(
      PackList list, Tidiness state, PackChain chain, boolean merged, Instant now) {
    Stream<Instant> removal =
        older(list, state)
            .map(entry -> latest(forgotten(entry.getKey()), state.mergedAt().plus(SETTLED)));
    Stream<Instant> suspicion =
        state.suspects().isEmpty()
            ? Stream.of()
            : Stream.of(state.suspectedAt().plus(Tidiness.SUSPICION));
    Stream<Instant> drops = merged ? Stream.of() : chain.firstDrop().map(this::dropsDue).stream();
    // What is due and was not done waits for something else: look again in a day.
    return Stream.concat(Stream.concat(removal, suspicion), drops)
        .map(due -> due.isAfter(now) ? due : now.plus(DAY))
        .min(Instant::compareTo)
        .orElse(now.plus(QUIET));
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
