package dev.virga.pds.jetstream;

import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that one process at a time feeds the connections, so that each gets its events in
 * order, and that nobody's events are forgotten when several want to.
 *
 * <p>All is in one item. Whoever finds it taken leaves the number that it wanted to reach; the
 * holder cannot end its turn below that. A turn that is not renewed ends by itself.
 */
final class Turns {
  /** How long a turn lasts without being renewed. */
  static final Duration LENGTH = Duration.ofSeconds(15);

  /** A turn is renewed once it is so old. */
  private static final Duration RENEWED = Duration.ofSeconds(5);

  /** No message is sent so shortly before the end: it may take its time, and clocks differ. */
  private static final Duration MARGIN = Posting.MAX_TIME.plusSeconds(2);

  private static final Key KEY = new Key("websocket#fanout", "state");

  private final Index index;
  private final InstantSource clock;
  private final RandomGenerator random;

  Turns(Index index, InstantSource clock, RandomGenerator random) {
    this.index = index;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What the item says.
   *
   * @param version grows with every change
   * @param position every live connection has all events up to it
   * @param target where somebody wants the position to get
   * @param owner whose turn it is; null for nobody's
   * @param until when that ends by itself
   * @param connections how many there were lately
   */
  record State(
      long version,
      long position,
      long target,
      @Nullable String owner,
      Instant until,
      int connections) {

    private static State of(Item item) {
      return new State(
          item.requireNumber("version"),
          item.requireNumber("position"),
          item.requireNumber("target"),
          item.text("owner").orElse(null),
          Instant.ofEpochMilli(item.requireNumber("until")),
          (int) item.requireNumber("connections"));
    }

    private Item toItem() {
      return Item.builder()
          .number("version", version)
          .number("position", position)
          .number("target", target)
          .text("owner", owner)
          .number("until", until.toEpochMilli())
          .number("connections", connections)
          .build();
    }

    boolean isFree(Instant now) {
      return owner == null || !now.isBefore(until);
    }

    private State owned(String by, Instant end) {
      return new State(version + 1, position, target, by, end, connections);
    }

    private State wanting(long last) {
      return new State(version + 1, position, Math.max(target, last), owner, until, connections);
    }

    private State at(long reached, int counted, Instant end) {
      return new State(version + 1, reached, target, owner, end, counted);
    }

    private State free() {
      return new State(version + 1, position, target, null, until, connections);
    }
  }

  /** The item now, one without a version if there is none yet. */
  State state() {
    return index.get(KEY).map(State::of).orElse(new State(0, 0, 0, null, Instant.EPOCH, 0));
  }

  private boolean replace(State from, State to) {
    Condition unchanged =
        from.version() == 0 ? Condition.ABSENT : Condition.equal("version", from.version());
    try {
      index.transact(Write.all(Write.put(KEY, to.toItem(), unchanged)));
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  /** What came of asking for the turn. */
  sealed interface Attempt {
    /** It is granted. */
    record Mine(Turn turn) implements Attempt {}

    /** Somebody has it, and will go as far as was wanted, unless it died. */
    record Theirs(State state) implements Attempt {}
  }

  /**
   * Asks for the turn.
   *
   * @param last how far the connections are to be fed
   */
  Attempt take(long last) {
    while (true) {
      State seen = state();
      Instant now = clock.instant();
      if (!seen.isFree(now)) {
        if (seen.target() >= last) {
          return new Attempt.Theirs(seen);
        }
        State wanting = seen.wanting(last);
        if (replace(seen, wanting)) {
          return new Attempt.Theirs(wanting);
        }
        continue;
      }
      byte[] name = new byte[8];
      random.nextBytes(name);
      String owner = HexFormat.of().formatHex(name);
      State mine = seen.owned(owner, now.plus(LENGTH));
      if (replace(seen, mine)) {
        return new Attempt.Mine(new Turn(owner, mine));
      }
    }
  }

  /** Thrown when a turn has passed to somebody else, who goes on where this one stood. */
  static final class LostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LostException() {
      super("the turn to feed the connections was lost");
    }
  }

  /** The turn, while it is ours. Safe for use by many threads. */
  final class Turn {
    private final String owner;
    private State state;

    private Turn(String owner, State state) {
      this.owner = owner;
      this.state = state;
    }

    synchronized long position() {
      return state.position();
    }

    /**
     * To be called before each message: renews the turn when it is due.
     *
     * @throws LostException if it is over
     */
    synchronized void keep() {
      Instant now = clock.instant();
      if (now.isAfter(state.until().minus(LENGTH).plus(RENEWED))) {
        change(seen -> seen.owned(owner, now.plus(LENGTH)));
      }
      if (clock.instant().isAfter(state.until().minus(MARGIN))) {
        throw new LostException();
      }
    }

    /** Notes that all live connections have every event up to a number. */
    synchronized void advance(long position, int connections) {
      if (position > state.position() || connections != state.connections()) {
        Instant now = clock.instant();
        change(seen -> seen.at(position, connections, now.plus(LENGTH)));
      }
    }

    /**
     * Advances as far as it goes and ends the turn, unless somebody wants more; says whether it
     * ended.
     */
    synchronized boolean finish(long position, int connections) {
      Instant now = clock.instant();
      change(
          seen -> {
            State reached = seen.at(position, connections, now.plus(LENGTH));
            return reached.target() > position ? reached : reached.free();
          });
      return state.owner() == null;
    }

    /** Ends the turn where it stands, for somebody else to go on. */
    synchronized void abandon() {
      change(State::free);
    }

    private void change(UnaryOperator<State> change) {
      State seen = state;
      State to = change.apply(seen);
      while (!replace(seen, to)) {
        seen = state();
        if (!owner.equals(seen.owner())) {
          throw new LostException();
        }
        to = change.apply(seen);
      }
      state = to;
    }
  }
}
