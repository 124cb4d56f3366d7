package dev.virga.pds.sync;

import dev.virga.atproto.sync.Frame;
import dev.virga.atproto.sync.InfoMessage;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code com.atproto.sync.subscribeRepos} out of the log.
 *
 * <p>One pump reads new entries and encodes each once; every subscriber, on a thread of its own,
 * takes frames from there, or from the log itself, at its own pace, while it catches up. A live one
 * whose sink has no room left is dropped by the sink. Source: atproto.com/specs/event-stream and
 * the reference's answers to cursors.
 */
public final class Firehose implements FrameSource, AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Firehose.class);

  /** Entries read from the log at once. */
  private static final int PAGE = 200;

  /** How long the pump waits for a poke before it looks for itself. */
  private static final long POLL_MILLIS = 1_000;

  private static final int POLICY_VIOLATION = 1008;
  private static final int GOING_AWAY = 1001;
  private static final int INTERNAL_ERROR = 1011;

  private static final InfoMessage OUTDATED =
      new InfoMessage("OutdatedCursor", "Requested cursor exceeded limit. Possibly missing events");

  private final EventLog log;
  private final FrameEncoder encoder;
  private final RecentFrames recent;
  private final Semaphore pokes = new Semaphore(0);

  /** The last number that a poke spoke of; others may have been given since. */
  private final AtomicLong told = new AtomicLong();

  private final Thread pump;
  private volatile boolean closed;

  /**
   * Starts the pump.
   *
   * @param buffer how many events a live subscriber may fall behind
   */
  public Firehose(EventLog log, Objects objects, int buffer) {
    this.log = log;
    this.encoder = new FrameEncoder(objects);
    this.recent = new RecentFrames(buffer, log.last());
    this.pump = Thread.ofVirtual().name("firehose-pump").start(this::pump);
  }

  /** Says that the log has grown up to a number. */
  public void poke(long last) {
    told.accumulateAndGet(last, Math::max);
    pokes.release();
  }

  private void pump() {
    long position = recent.last();
    while (!closed) {
      try {
        long last = told.get();
        position = readOn(position, last > position ? last : log.last());
        pokes.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
        pokes.drainPermits();
      } catch (InterruptedException e) {
        return;
      } catch (StoreException e) {
        logger.error("the log cannot be read, trying again", e);
        pokes.drainPermits();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
      }
    }
  }

  private long readOn(long from, long last) {
    long position = from;
    List<LogEntry> entries;
    do {
      entries = log.after(position, last, PAGE);
      recent.add(frames(entries));
      position = entries.isEmpty() ? position : entries.getLast().seq();
    } while (entries.size() == PAGE && !closed);
    return position;
  }

  private List<RecentFrames.Frame> frames(List<LogEntry> entries) {
    List<RecentFrames.Frame> frames = new ArrayList<>(entries.size());
    for (LogEntry entry : entries) {
      frames.add(new RecentFrames.Frame(entry.seq(), encoder.encode(entry)));
    }
    return frames;
  }

  @Override
  public void subscribe(OptionalLong cursor, FrameSink sink) throws InterruptedException {
    try {
      switch (log.start(cursor)) {
        case EventLog.Start.Future _ -> refuse(sink, "FutureCursor", "Cursor in the future.");
        case EventLog.Start.Outdated(long seq) -> {
          sink.put(OUTDATED.frame());
          follow(seq, sink);
        }
        case EventLog.Start.After(long seq) -> follow(seq, sink);
      }
    } catch (StoreException e) {
      logger.error("subscriber dropped, the log cannot be read", e);
      sink.close(INTERNAL_ERROR, "InternalServerError");
    }
  }

  /** Feeds from the log until the live frames are reached, and then from these. */
  private void follow(long from, FrameSink sink) throws InterruptedException {
    long position = from;
    while (recent.awaitAfter(position, POLL_MILLIS)) {
      if (!sink.isOpen()) {
        return;
      }
      Optional<List<RecentFrames.Frame>> live = recent.after(position);
      List<RecentFrames.Frame> next =
          live.isPresent() ? live.get() : frames(log.after(position, log.last(), PAGE));
      for (RecentFrames.Frame frame : next) {
        if (frame.isThere() && !sent(frame, live.isPresent(), sink)) {
          return;
        }
        position = frame.seq();
      }
      if (live.isEmpty() && next.isEmpty()) {
        position = Math.max(position, recent.floor());
      }
    }
    sink.close(GOING_AWAY, "");
  }

  private static boolean sent(RecentFrames.Frame frame, boolean live, FrameSink sink)
      throws InterruptedException {
    return live ? sink.offer(frame.bytes()) : sink.put(frame.bytes());
  }

  /** Tells a subscriber why it is dropped, and drops it. */
  private static void refuse(FrameSink sink, String error, String message)
      throws InterruptedException {
    sink.put(Frame.error(error, message));
    sink.close(POLICY_VIOLATION, error);
  }

  /** Ends the pump and sends all subscribers away. */
  @Override
  public void close() {
    closed = true;
    recent.close();
    pump.interrupt();
  }
}
