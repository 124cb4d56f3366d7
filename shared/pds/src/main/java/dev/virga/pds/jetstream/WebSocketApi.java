package dev.virga.pds.jetstream;

import dev.virga.atproto.data.DataException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Jetstream over connections that an API Gateway holds while no process runs: its routes, and the
 * fan-out of new events.
 *
 * <p>Every event reaches every connection that wants it at least once and in order, whichever call
 * fails or dies: positions are in the Index. Some come again after a failure; a message that was
 * longer than {@link #MAX_MESSAGE} never comes. A connection that takes nothing for a minute is
 * ended, and its client goes on from its cursor.
 */
public final class WebSocketApi {
  /** The longest message that API Gateway takes. */
  public static final int MAX_MESSAGE = 128 * 1024;

  /** Each costs a message for every event. */
  static final int MAX_CONNECTIONS = 1_000;

  private final Connections connections;
  private final Turns turns;
  private final Fanout fanout;
  private final EventLog log;
  private final Posting posting;
  private final Wake wake;
  private final InstantSource clock;

  /** Lets time pass. */
  @FunctionalInterface
  public interface Pause {
    void await(Duration duration) throws InterruptedException;
  }

  /**
   * The API on the ports that it needs.
   *
   * @param wake has {@link #goOn} called
   * @param random names turns; not one that a snapshot makes predictable
   */
  public WebSocketApi(
      Index index,
      Objects objects,
      EventLog log,
      Posting posting,
      Wake wake,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    this.connections = new Connections(index);
    this.turns = new Turns(index, clock, random);
    this.fanout = new Fanout(connections, turns, log, objects, posting, wake, clock, pause);
    this.log = log;
    this.posting = posting;
    this.wake = wake;
    this.clock = clock;
  }

  /**
   * The route {@code $connect}. Nothing can be sent before it is answered, so {@link #goOn} does.
   *
   * @param query the parameters of the request, decoded
   * @param socketEncoding the header Socket-Encoding
   * @throws XrpcException 400 InvalidRequest for bad parameters, 503 TooManyConnections; the
   *     connection is refused with that status
   */
  public void connect(
      String connectionId, Map<String, List<String>> query, Optional<String> socketEncoding) {
    Subscription wanted = Subscription.parse(query, socketEncoding);
    if (turns.state().connections() >= MAX_CONNECTIONS) {
      throw new XrpcException(503, "TooManyConnections", "Too many subscribers, try again later");
    }
    Connection.State state =
        wanted.awaitsHello()
            ? new Connection.State.AwaitsHello(wanted.cursor())
            : new Connection.State.Behind(wanted.start(log.last()));
    connections.add(connectionId, clock.instant(), state, wanted.filter());
    if (!wanted.awaitsHello()) {
      wake.wake();
    }
  }

  /** The route {@code $disconnect}. */
  public void disconnect(String connectionId) {
    connections.remove(connectionId);
  }

  /**
   * The route {@code $default}: an options update. One that is malformed ends the connection; other
   * messages are ignored, so clients may send any to keep a quiet connection open.
   */
  public void receive(String connectionId, String text) {
    Optional<Filter> filter;
    try {
      filter = ClientMessage.filter(text.getBytes(StandardCharsets.UTF_8));
    } catch (DataException | XrpcException e) {
      posting.disconnect(connectionId);
      connections.remove(connectionId);
      return;
    }
    if (filter.isPresent()) {
      connections.find(connectionId).ifPresent(connection -> update(connection, filter.get()));
    }
  }

  private void update(Connection connection, Filter filter) {
    if (connection.state() instanceof Connection.State.AwaitsHello(OptionalLong cursor)) {
      OptionalLong start =
          OptionalLong.of(new Subscription(filter, cursor, true).start(log.last()));
      connections.update(connection, filter, start, clock.instant());
      wake.wake();
    } else {
      connections.update(connection, filter, OptionalLong.empty(), clock.instant());
    }
  }

  /**
   * Feeds the connections what is new in the log. To be called at the end of every batch of the
   * sequencer, also of one that was repeated and had nothing new: what a call that died left
   * undone, the next one does.
   *
   * @param budget after which it stops and wakes {@link #goOn} instead, give or take some seconds
   */
  public void afterBatch(Duration budget) {
    fanout.run(budget, Fanout.SHORT_WAIT);
  }

  /**
   * Goes on feeding: for connections that have just come or fell behind.
   *
   * @param budget after which it stops and has itself called again, give or take some seconds; best
   *     minutes
   */
  public void goOn(Duration budget) {
    fanout.run(budget, Fanout.LONG_WAIT);
  }
}
