package dev.virga.pds.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The numbered events of the last days, in order.
 *
 * <p>Entries lie in one partition for each hour of their numbers, which are microseconds since the
 * epoch or more, so that no partition grows for ever and any place in the log is found at once.
 */
public final class EventLog {
  /** Numbers stay exact in JavaScript below this. Source: atproto.com/specs/event-stream. */
  public static final long MAX_SEQ = (1L << 53) - 1;

  private static final long HOUR = TimeUnit.HOURS.toMicros(1);

  /** Outbox items read at once; each has a few kilobytes at most. */
  private static final int PURGED_AT_ONCE = 100;

  /** By how much a log that is lost may have been ahead of this machine's clock. */
  private static final Duration LOST = Duration.ofMinutes(1);

  /** Where it is noted how far the log goes. */
  public static final Key STATE = new Key("sequencer", "state");

  private final Index index;
  private final InstantSource clock;
  private final Duration window;

  /**
   * @param window how long events are kept
   */
  public EventLog(Index index, InstantSource clock, Duration window) {
    this.index = index;
    this.clock = clock;
    this.window = window;
  }

  /** How far the log goes: the first number ever given and the last one, 0 for none. */
  public record State(long first, long last) {}

  /** How far the log goes. */
  public State state() {
    return state(index.get(STATE));
  }

  private static State state(Optional<Item> item) {
    return item.map(i -> new State(i.requireNumber("first"), i.requireNumber("last")))
        .orElse(new State(0, 0));
  }

  /** The last number given, 0 for none. */
  public long last() {
    return state().last();
  }

  /** Makes the log go on above a number, for a server that takes the place of another. */
  public void continueAbove(long seq) {
    while (true) {
      State state = state();
      if (state.last() >= seq) {
        return;
      }
      try {
        index.transact(
            Write.all(advance(state, new State(state.first() == 0 ? seq : state.first(), seq))));
        return;
      } catch (ConditionFailedException e) {
        // Somebody else advanced it: look again.
      }
    }
  }

  /** As {@link #continueAbove}, for whatever was given until now by a log that is lost. */
  public void continueAboveNow() {
    if (state().last() == 0) {
      continueAbove(micros(clock.instant().plus(LOST)));
    }
  }

  /** The same as it was some seconds ago at worst, at half the price. */
  long lastStale() {
    return state(index.getStale(STATE)).last();
  }

  /** The write that advances the state, on condition that nobody else did. */
  static Write advance(State from, State to) {
    return Write.put(
        STATE,
        Item.builder().number("first", to.first()).number("last", to.last()).build(),
        from.last() == 0 ? Condition.ABSENT : Condition.equal("last", from.last()));
  }

  /** The write that appends an entry. */
  Write append(LogEntry entry) {
    return new Write.Put(
        key(entry.seq()), entry.toItem(), entry.time().plus(window), Condition.ALWAYS);
  }

  /** How long events are kept. */
  public Duration window() {
    return window;
  }

  /** The number that an event of the start of the window would have. */
  long windowStart() {
    return micros(clock.instant().minus(window));
  }

  static long micros(Instant time) {
    return TimeUnit.SECONDS.toMicros(time.getEpochSecond()) + time.getNano() / 1_000;
  }

  /**
   * The entries with numbers above one, in order, from the window only.
   *
   * @param last the last number given: nothing is looked for above it
   * @param limit the most entries, 1 to 1,000
   */
  public List<LogEntry> after(long seq, long last, int limit) {
    long from = Math.max(seq, windowStart());
    List<LogEntry> entries = new ArrayList<>();
    for (long hour = (from + 1) / HOUR; hour <= last / HOUR && entries.size() < limit; hour++) {
      String start = sortKey(Math.max(from + 1, hour * HOUR));
      Page page;
      @Nullable String reached = null;
      do {
        Range range = new Range(start, sortKey(last) + "~").after(reached);
        page = index.query(Query.forward(partition(hour), range, limit - entries.size()));
        for (Entry entry : page.entries()) {
          reached = entry.key().sort();
          entries.add(LogEntry.from(Long.parseLong(reached), entry.item()));
        }
      } while (page.more() && entries.size() < limit);
    }
    return entries;
  }

  /**
   * Takes an account's events back, out of the log and out of its outbox, numbered or not.
   *
   * <p>Found by the outbox items, which the sequencer stamps and which expire with the log. Can be
   * repeated, also while the sequencer is at work.
   *
   * @param end the first outbox item that stays
   */
  public void purge(Did did, Tid end) {
    Range range = new Range(Outbox.PREFIX, Outbox.PREFIX + end);
    Page page;
    do {
      page = index.query(Query.forward(did.text(), range, PURGED_AT_ONCE));
      for (Entry entry : page.entries()) {
        purge(entry.key(), Optional.of(entry.item()));
        range = range.after(entry.key().sort());
      }
    } while (page.more());
  }

  private void purge(Key outbox, Optional<Item> found) {
    Optional<Item> item = found;
    while (item.isPresent()) {
      Optional<Long> seq = item.get().number(Outbox.SEQ);
      if (seq.isPresent()) {
        removeUpTo(seq.get(), Outbox.events(item.get()).size());
      }
      try {
        // One without a stamp may get it at this very moment, and then its events are in the log.
        index.transact(
            Write.all(
                Write.delete(
                    outbox, seq.isPresent() ? Condition.ALWAYS : new Condition.Lacks(Outbox.SEQ))));
        return;
      } catch (ConditionFailedException e) {
        item = index.get(outbox);
      }
    }
  }

  private void removeUpTo(long last, int events) {
    List<Key> entries = new ArrayList<>();
    for (int back = 0; back < events; back++) {
      entries.add(key(last - back));
    }
    index.batchDelete(entries);
  }

  /** Where a subscriber with a cursor begins. */
  sealed interface Start {
    /** After this number. */
    record After(long seq) implements Start {}

    /** After this number, since what came between the cursor and it is no longer there. */
    record Outdated(long seq) implements Start {}

    /** Nowhere: the cursor is ahead of the log. */
    record Future() implements Start {}
  }

  Start start(OptionalLong cursor) {
    State state = state();
    if (cursor.isEmpty()) {
      return new Start.After(state.last());
    }
    long wanted = cursor.getAsLong();
    if (wanted > state.last()) {
      return new Start.Future();
    }
    long oldest = windowStart();
    boolean lost = wanted < oldest && wanted < state.last() && state.first() < oldest;
    return lost ? new Start.Outdated(oldest) : new Start.After(wanted);
  }

  /** Where the entry of a number is. */
  public static Key key(long seq) {
    return new Key(partition(seq / HOUR), sortKey(seq));
  }

  private static String partition(long hour) {
    return "log#" + hour;
  }

  private static String sortKey(long seq) {
    return String.format(Locale.ROOT, "%016d", seq);
  }
}
