package dev.virga.pds.jetstream;

import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.LogEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds connections out of the log, as whoever has the turn; the working part of {@link
 * WebSocketApi}.
 *
 * <p>It works in rounds. First all live connections get the next entries, and the turn's position
 * is advanced; one that fails is noted as behind, with a position of its own. Then those behind get
 * a share, and are live again once they are where the turn is.
 */
final class Fanout {
  private static final Logger logger = LoggerFactory.getLogger(Fanout.class);

  /** How long the sequencer waits for another's turn before it leaves the waiting to others. */
  static final Duration SHORT_WAIT = Duration.ofSeconds(1);

  /** Outlasts a turn whose holder died. */
  static final Duration LONG_WAIT = Turns.LENGTH.plusSeconds(5);

  /** Bounds the time of a round by the messages that live connections get in it. */
  private static final int MESSAGES = 2_000;

  private static final int MAX_ENTRIES = 50;

  /** The time that connections behind get in a round, while live ones wait. */
  private static final Duration SHARE = Duration.ofMillis(500);

  /** Entries read at once for a connection that is behind. */
  private static final int SLICE = 25;

  /** What a gateway says is gone may only just be about to come, so long after it was announced. */
  private static final Duration OPENING = Duration.ofSeconds(30);

  /** Who took nothing for so long is sent away, to come back with its cursor. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Connections connections;
  private final Turns turns;
  private final EventLog log;
  private final Objects objects;
  private final Posting posting;
  private final Wake wake;
  private final InstantSource clock;
  private final WebSocketApi.Pause pause;

  Fanout(
      Connections connections,
      Turns turns,
      EventLog log,
      Objects objects,
      Posting posting,
      Wake wake,
      InstantSource clock,
      WebSocketApi.Pause pause) {
    this.connections = connections;
    this.turns = turns;
    this.log = log;
    this.objects = objects;
    this.posting = posting;
    this.wake = wake;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Feeds all connections until they have what is in the log.
   *
   * @param wait how long to wait for another's turn before having this called elsewhere
   */
  void run(Duration budget, Duration wait) {
    Instant end = clock.instant().plus(budget);
    if (connections.none()) {
      return;
    }
    try {
      long last = log.last();
      Optional<Turns.Turn> turn = await(last, wait);
      if (turn.isPresent()) {
        feed(turn.get(), last, end);
      }
    } catch (Turns.LostException e) {
      // Whoever has it now goes on where we stood.
      logger.warn("the turn to feed WebSocket connections passed on before it was over");
    }
  }

  /** Takes the turn; empty if somebody else has it who is alive, or others were called to wait. */
  private Optional<Turns.Turn> await(long last, Duration wait) {
    Instant enough = clock.instant().plus(wait);
    while (true) {
      if (turns.take(last) instanceof Turns.Attempt.Mine(Turns.Turn turn)) {
        return Optional.of(turn);
      }
      Turns.State first = turns.state();
      Turns.State now = first;
      while (!now.isFree(clock.instant())) {
        if (!clock.instant().isBefore(enough)) {
          wake.wake();
          return Optional.empty();
        }
        sleep(FIRST_PAUSE);
        now = turns.state();
        if (now.position() >= last || !now.until().equals(first.until())) {
          return Optional.empty(); // it moves, so it will reach what take() told it to
        }
      }
      if (now.position() >= last) {
        return Optional.empty();
      }
    }
  }

  private void sleep(Duration duration) {
    try {
      pause.await(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while feeding WebSocket connections", e);
    }
  }

  private void feed(Turns.Turn turn, long last, Instant end) {
    try {
      rounds(turn, last, end);
    } catch (StoreException e) {
      try {
        turn.abandon(); // so that a repetition need not wait for its end
      } catch (StoreException | Turns.LostException too) {
        e.addSuppressed(too);
      }
      throw e;
    }
  }

  private void rounds(Turns.Turn turn, long atFirst, Instant end) {
    Duration idle = FIRST_PAUSE;
    long last = atFirst; // what comes later is told to the turn, which does not end before it
    while (true) {
      Round round = new Round(turn, connections.all());
      if (round.feed(last)) {
        return;
      }
      if (!clock.instant().isBefore(end)) {
        turn.abandon();
        wake.wake();
        return;
      }
      if (round.moved()) {
        idle = FIRST_PAUSE;
      } else {
        sleep(idle);
        idle =
            idle.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? idle.multipliedBy(2)
                : LONGEST_PAUSE;
      }
      last = log.last();
    }
  }

  /** One go at all connections. */
  private final class Round {
    private final Turns.Turn turn;
    private final List<Connection> all;
    private final List<Connection> live = new ArrayList<>();
    private final List<Connection> behind = new ArrayList<>();
    private volatile boolean moved;
    private volatile boolean left;

    Round(Turns.Turn turn, List<Connection> all) {
      this.turn = turn;
      this.all = all;
      for (Connection connection : all) {
        switch (connection.state()) {
          case Connection.State.Live _ -> live.add(connection);
          case Connection.State.Behind _ -> behind.add(connection);
          case Connection.State.AwaitsHello _ -> {}
        }
      }
      Collections.shuffle(behind);
    }

    /** Whether anybody got further. */
    boolean moved() {
      return moved;
    }

    /** Feeds everyone some; says whether all is done and the turn over. */
    boolean feed(long last) {
      long reached = feedLive(last);
      if (behind.isEmpty() && !left && reached >= last) {
        return turn.finish(reached, all.size());
      }
      turn.advance(reached, all.size());
      Instant share = clock.instant().plus(SHARE);
      Parallel.forEach(behind, connection -> feedBehind(connection, reached, share));
      return false;
    }

    private long feedLive(long last) {
      long from = turn.position();
      if (live.isEmpty() || last <= from) {
        return Math.max(last, from);
      }
      int limit = Math.clamp(MESSAGES / live.size(), 1, MAX_ENTRIES);
      List<LogEntry> entries = log.after(from, last, limit);
      List<EntryEvents> events =
          entries.stream().map(entry -> EntryEvents.of(entry, objects)).toList();
      Parallel.forEach(live, connection -> feedLive(connection, events, from));
      moved |= !entries.isEmpty();
      return entries.size() < limit ? last : entries.getLast().seq();
    }

    private void feedLive(Connection connection, List<EntryEvents> events, long from) {
      Filter filter = connections.filter(connection);
      long position = from;
      for (EntryEvents entry : events) {
        if (!sent(connection, filter, entry, position)) {
          return;
        }
        position = entry.seq();
      }
    }

    private void feedBehind(Connection connection, long to, Instant share) {
      if (!(connection.state() instanceof Connection.State.Behind(long from))) {
        return;
      }
      if (!clock.instant().isBefore(share)) {
        moved = true; // it had no chance, so there is no reason to pause
        return;
      }
      Filter filter = connections.filter(connection);
      long position = from;
      boolean more = true;
      while (more && clock.instant().isBefore(share)) {
        turn.keep();
        List<LogEntry> entries = log.after(position, to, SLICE);
        for (LogEntry entry : entries) {
          if (!sent(connection, filter, EntryEvents.of(entry, objects), position)) {
            return;
          }
          position = entry.seq();
        }
        more = entries.size() == SLICE;
      }
      moved = true;
      if (more) {
        connections.reached(connection.id(), position, null);
      } else {
        connections.caughtUp(connection.id());
      }
    }

    /**
     * Sends what a connection wants of an entry; false if it could not, which is noted.
     *
     * @param position how far the connection is before
     */
    private boolean sent(Connection connection, Filter filter, EntryEvents entry, long position) {
      for (JetstreamEvent event : entry.wantedBy(filter)) {
        if (event.json().length > WebSocketApi.MAX_MESSAGE) {
          continue;
        }
        turn.keep();
        switch (posting.post(connection.id(), event.json())) {
          case DELIVERED -> moved = true;
          case TOO_LARGE ->
              logger.warn("event {} is too large for WebSocket connections", entry.seq());
          case GONE -> {
            if (isOpening(connection)) {
              fallBehind(connection, position);
            } else {
              connections.remove(connection.id());
            }
            return false;
          }
          case LATER -> {
            fallBehind(connection, position);
            return false;
          }
        }
      }
      return true;
    }

    private boolean isOpening(Connection connection) {
      return clock.instant().isBefore(connection.connected().plus(OPENING));
    }

    private void fallBehind(Connection connection, long position) {
      left = true;
      Instant now = clock.instant();
      boolean gotFurther =
          connection.state() instanceof Connection.State.Behind(long from) && position > from;
      Instant since = connection.failing() == null || gotFurther ? now : connection.failing();
      if (now.isAfter(since.plus(PATIENCE))) {
        posting.disconnect(connection.id());
        connections.remove(connection.id());
      } else {
        connections.reached(connection.id(), position, since);
      }
    }
  }
}
