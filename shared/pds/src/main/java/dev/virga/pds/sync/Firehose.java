package dev.virga.pds.sync;

import dev.virga.atproto.sync.Frame;
import dev.virga.atproto.sync.InfoMessage;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code com.atproto.sync.subscribeRepos} out of the log.
 *
 * <p>One pump reads new entries and encodes each once; every subscriber, on a thread of its own,
 * takes frames from there, or from the log itself, at its own pace, while it catches up. A live one
 * whose sink has no room left is dropped by the sink. While nobody subscribes nothing is read at
 * all, as in the cloud each look costs. Source: atproto.com/specs/event-stream and the reference's
 * answers to cursors.
 */
public final class Firehose implements FrameSource, AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Firehose.class);

  /**
   * How long the pump waits for a poke before it looks for itself, if somebody subscribes: half a
   * read unit of DynamoDB each time.
   */
  private static final long POLL_MILLIS = 1_000;

  private static final int POLICY_VIOLATION = 1008;
  private static final int GOING_AWAY = 1001;
  private static final int INTERNAL_ERROR = 1011;

  private static final InfoMessage OUTDATED =
      new InfoMessage("OutdatedCursor", "Requested cursor exceeded limit. Possibly missing events");

  /** How far away the objects are, which decides how packs are fetched. */
  public enum Distance {
    /** On this machine: together. */
    NEAR,
    /** Some milliseconds: many at a time. */
    FAR
  }

  private final EventLog log;
  private final FrameEncoder encoder;
  private final Distance distance;
  private final RecentFrames recent;
  private final AtomicInteger subscribers = new AtomicInteger();

  /** The last number that somebody told of. */
  private final AtomicLong told = new AtomicLong();

  private final Semaphore pokes = new Semaphore(0);
  private final Thread pump;
  private volatile boolean closed;

  /**
   * Starts the pump.
   *
   * @param buffer how many events a live subscriber may fall behind
   */
  public Firehose(EventLog log, Objects objects, int buffer, Distance distance) {
    this.log = log;
    this.encoder = new FrameEncoder(objects);
    this.distance = distance;
    this.recent = new RecentFrames(buffer, log.last());
    this.pump = Thread.ofVirtual().name("firehose-pump").start(this::pump);
  }

  /** Says that the log has grown up to a number; news that are old cost nothing. */
  public void poke(long last) {
    if (last > told.getAndAccumulate(last, Math::max)) {
      pokes.release();
    }
  }

  private void pump() {
    long position = recent.last();
    while (!closed) {
      try {
        if (subscribers.get() == 0) {
          pokes.acquire();
          position = subscribers.get() == 0 ? position : resume();
        } else {
          position = readOn(position);
          pokes.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
        pokes.drainPermits();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        logger.error("the log cannot be read, trying again", e);
        position = recent.last(); // some may have been added before it failed
        pokes.drainPermits();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        pokes.release();
      }
    }
  }

  /** Leaves out what went by while nobody was there: who wants it reads the log. */
  private long resume() {
    long last = log.last();
    recent.skipTo(last);
    return last;
  }

  private long readOn(long from) {
    long last = told.get() > from ? told.get() : log.lastStale();
    if (from >= last) {
      return from;
    }
    long position = from;
    Replay replay = new Replay(log, from, last, this::frames, Runnable::run);
    while (position < last && !closed) {
      Replay.Part part = replay.next();
      recent.add(part.frames());
      position = part.reached();
    }
    return position;
  }

  private List<RecentFrames.Frame> frames(List<LogEntry> entries) {
    if (distance == Distance.NEAR) {
      List<byte[]> encoded = encoder.encode(entries);
      return IntStream.range(0, entries.size())
          .mapToObj(i -> new RecentFrames.Frame(entries.get(i).seq(), encoded.get(i)))
          .toList();
    }
    if (entries.size() == 1) {
      return List.of(frame(entries.getFirst()));
    }
    try (ExecutorService fetchers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<RecentFrames.Frame>> frames =
          entries.stream().map(entry -> fetchers.submit(() -> frame(entry))).toList();
      List<RecentFrames.Frame> all = new ArrayList<>(frames.size());
      for (Future<RecentFrames.Frame> frame : frames) {
        all.add(frame.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw new StoreException("packs could not be fetched: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while packs were fetched", e);
    }
  }

  private RecentFrames.Frame frame(LogEntry entry) {
    return new RecentFrames.Frame(entry.seq(), encoder.encode(entry));
  }

  @Override
  public void subscribe(OptionalLong cursor, FrameSink sink) throws InterruptedException {
    subscribers.incrementAndGet();
    pokes.release();
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
    } finally {
      subscribers.decrementAndGet();
    }
  }

  /** Feeds from the log until the live frames are reached, and then from these. */
  private void follow(long from, FrameSink sink) throws InterruptedException {
    long position = from;
    while (sink.isOpen()) {
      if (!recent.awaitAfter(position)) {
        sink.close(GOING_AWAY, "");
        return;
      }
      Optional<List<RecentFrames.Frame>> live = recent.after(position);
      if (live.isEmpty()) {
        position = catchUp(position, sink);
      } else {
        if (!sink.offer(bytes(live.get()))) {
          return;
        }
        position = live.get().getLast().seq();
      }
    }
  }

  /** Sends what the log has; gives where that ended. */
  private long catchUp(long from, FrameSink sink) throws InterruptedException {
    Replay replay = new Replay(log, from, recent.last(), this::frames, Thread::startVirtualThread);
    Replay.Part part;
    do {
      part = replay.next();
    } while (sink.put(bytes(part.frames())) && !part.isLast() && !closed);
    return part.reached();
  }

  /** Without those whose blocks are gone. */
  private static List<byte[]> bytes(List<RecentFrames.Frame> frames) {
    return frames.stream()
        .filter(RecentFrames.Frame::isThere)
        .map(RecentFrames.Frame::bytes)
        .toList();
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
