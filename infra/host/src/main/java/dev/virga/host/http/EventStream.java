package dev.virga.host.http;

import dev.virga.pds.XrpcException;
import dev.virga.pds.sync.FrameSink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebSocket of one {@link Subscriber}, with its queue of frames; kept by {@link EventStreams}.
 *
 * <p>Source: atproto.com/specs/event-stream; RFC 6455.
 */
final class EventStream implements FrameHandler, FrameSink {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final int POLICY_VIOLATION = 1008;
  private static final int TOO_LONG = 1009;

  /** Bounds the queue beside its number of frames, which may have 5 MB each. */
  private static final long MAX_WAITING_BYTES = 32L * 1024 * 1024;

  /** Who has not taken the last frames and the close by then is cut off. */
  private static final Executor LATER = CompletableFuture.delayedExecutor(10, TimeUnit.SECONDS);

  private final Subscriber subscriber;
  private final Gathering gathering;
  private final int capacity;
  private final Set<EventStream> siblings;
  private final Sender sender = new Sender();

  // All below is guarded by this.
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private final List<Runnable> farewells = new ArrayList<>();
  private long waitingBytes;
  private @Nullable CloseStatus ending;
  private boolean endSent;
  private boolean gone;
  private @Nullable CoreSession session;
  private @Nullable Thread feeder;

  /**
   * A stream that is not open yet.
   *
   * @param capacity the most frames that wait
   * @param unfinished bytes of messages that clients have begun, in all streams
   * @param siblings all open streams, among which this one counts from its opening to its end
   */
  EventStream(
      Subscriber subscriber, int capacity, AtomicLong unfinished, Set<EventStream> siblings) {
    this.subscriber = subscriber;
    this.gathering = new Gathering(subscriber.maxMessage(), unfinished);
    this.capacity = capacity;
    this.siblings = siblings;
  }

  @Override
  public void onOpen(CoreSession opened, Callback callback) {
    synchronized (this) {
      session = opened;
      feeder = Thread.ofVirtual().name("event-stream").unstarted(this::feed);
      feeder.start();
    }
    siblings.add(this);
    callback.succeeded();
    opened.demand();
  }

  private void feed() {
    try {
      subscriber.feed(this);
    } catch (InterruptedException e) {
      LOG.trace("subscriber left", e); // the interrupt was ours
    } catch (XrpcException e) {
      refuse(e.error(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("event stream failed", e);
      close(1011, "InternalServerError");
    }
  }

  /** Says why, if there is a frame for it, after what is queued, then ends. */
  private void refuse(String error, @Nullable String message) {
    synchronized (this) {
      if (isOpen()) {
        subscriber.farewell(error, message == null ? "" : message).ifPresent(this::add);
      }
    }
    close(POLICY_VIOLATION, error);
  }

  @Override
  public boolean offer(List<byte[]> frames) {
    int taken = 0;
    while (taken < frames.size()) {
      int more;
      synchronized (this) {
        if (!isOpen()) {
          return false;
        }
        more = addAsManyAsFit(frames, taken);
        if (more == 0) {
          waiting.clear();
          waitingBytes = 0;
        }
      }
      if (more == 0) {
        refuse("ConsumerTooSlow", "Stream consumer too slow");
        return false;
      }
      sender.iterate();
      taken += more;
    }
    return isOpen();
  }

  @Override
  public boolean put(List<byte[]> frames) throws InterruptedException {
    int taken = 0;
    while (taken < frames.size()) {
      synchronized (this) {
        for (boolean room = !isFull(); isOpen() && !room; room = isHalfEmpty()) {
          wait();
        }
        if (!isOpen()) {
          return false;
        }
        taken += addAsManyAsFit(frames, taken);
      }
      sender.iterate();
    }
    return isOpen();
  }

  @Override
  public void close(int code, String reason) {
    synchronized (this) {
      if (!isOpen()) {
        return;
      }
      ending = new CloseStatus(code, reason);
      notifyAll();
    }
    LATER.execute(this::cutOff);
    sender.iterate();
  }

  @Override
  public synchronized boolean isOpen() {
    return ending == null && !gone;
  }

  @Override
  public void onClose(Runnable callback) {
    synchronized (this) {
      if (!gone) {
        farewells.add(callback);
        return;
      }
    }
    callback.run();
  }

  /** Keeps proxies on the way from taking silence for death. */
  void ping() {
    CoreSession current = session();
    if (current != null && isOpen()) {
      current.sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
    }
  }

  private synchronized @Nullable CoreSession session() {
    return session;
  }

  private void cutOff() {
    CoreSession current = session();
    if (current != null) {
      current.abort();
    }
  }

  private boolean isFull() {
    return waiting.size() >= capacity || waitingBytes >= MAX_WAITING_BYTES;
  }

  /** Whether it is worth waking who waits for room: not for each frame that was sent. */
  private boolean isHalfEmpty() {
    return waiting.size() <= capacity / 2 && waitingBytes <= MAX_WAITING_BYTES / 2;
  }

  private int addAsManyAsFit(List<byte[]> frames, int from) {
    int to = from;
    while (to < frames.size() && !isFull()) {
      add(frames.get(to++));
    }
    return to - from;
  }

  private void add(byte[] frame) {
    waiting.add(frame);
    waitingBytes += frame.length;
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    CoreSession current = session();
    if (current == null) {
      callback.succeeded();
    } else if (frame.getOpCode() == OpCode.PING) {
      Frame pong = new Frame(OpCode.PONG, BufferUtil.copy(frame.getPayload()));
      current.sendFrame(pong, Callback.from(callback, current::demand), false);
    } else {
      if (frame.isDataFrame()) {
        receive(frame);
      }
      callback.succeeded();
      if (frame.getOpCode() != OpCode.CLOSE) {
        current.demand();
      }
    }
  }

  private void receive(Frame frame) {
    try {
      gathering.add(frame).ifPresent(message -> subscriber.receive(message, this));
    } catch (Gathering.TooLongException e) {
      close(TOO_LONG, "MessageTooLong");
    }
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    LOG.debug("event stream broke off", cause);
    callback.succeeded();
  }

  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    gathering.drop();
    leave();
    callback.succeeded();
  }

  private void leave() {
    List<Runnable> callbacks;
    synchronized (this) {
      gone = true;
      waiting.clear();
      waitingBytes = 0;
      notifyAll();
      callbacks = List.copyOf(farewells);
      farewells.clear();
      if (feeder != null) {
        feeder.interrupt();
      }
    }
    siblings.remove(this);
    callbacks.forEach(Runnable::run);
  }

  /**
   * Sends what waits, one frame at a time, and the close after it. While there are more, small ones
   * gather in the session's buffer and go out together.
   */
  private final class Sender extends IteratingCallback {
    @Override
    protected Action process() {
      byte[] frame;
      boolean more;
      CloseStatus end = null;
      CoreSession to;
      synchronized (EventStream.this) {
        to = session;
        frame = waiting.poll();
        more = !waiting.isEmpty();
        if (frame != null) {
          waitingBytes -= frame.length;
          if (isHalfEmpty()) {
            EventStream.this.notifyAll();
          }
        } else if (!endSent && ending != null) {
          endSent = true;
          end = ending;
        }
      }
      if (to == null || (frame == null && end == null)) {
        return Action.IDLE;
      }
      if (frame != null) {
        to.sendFrame(new Frame(subscriber.opCode(), ByteBuffer.wrap(frame)), this, more);
      } else {
        to.close(end, this);
      }
      return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      LOG.debug("event stream could not send", cause);
      cutOff();
      leave();
    }
  }
}
