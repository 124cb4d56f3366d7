package dev.virga.pds.jetstream;

import dev.virga.atproto.data.DataException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.FrameSink;
import dev.virga.pds.sync.FrameSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Jetstream over sockets that this process holds: another view of the firehose, from which it takes
 * its events, replayed and live.
 *
 * <p>Each live event is encoded once for all subscribers, and only if one of them wants it.
 */
public final class Jetstream {
  /**
   * The longest message of a client that is of use: 10,000 accounts have names of 350,000 bytes.
   */
  public static final int MAX_MESSAGE = 1_000_000;

  /** Accounts in the filters of all subscribers, some 150 bytes each. */
  private static final int MAX_WANTED_DIDS = 200_000;

  private static final int BAD_DATA = 1007;
  private static final int POLICY_VIOLATION = 1008;
  private static final int TRY_AGAIN_LATER = 1013;

  private final FrameSource firehose;
  private final EventLog log;
  private final SharedEvents shared = new SharedEvents();
  private final AtomicInteger wantedDids = new AtomicInteger();

  public Jetstream(FrameSource firehose, EventLog log) {
    this.firehose = firehose;
    this.log = log;
  }

  /**
   * A subscriber who asks to come in.
   *
   * @param query the parameters of the request, decoded
   * @param socketEncoding the header Socket-Encoding
   * @throws XrpcException 400 InvalidRequest naming the parameter that is bad
   */
  public Subscriber open(Map<String, List<String>> query, Optional<String> socketEncoding) {
    return new Subscriber(Subscription.parse(query, socketEncoding));
  }

  /** One subscriber. */
  public final class Subscriber {
    private final OptionalLong cursor;
    private final CountDownLatch hello;
    private volatile Filter filter;

    private Subscriber(Subscription subscription) {
      this.cursor = subscription.cursor();
      this.filter = subscription.filter();
      this.hello = new CountDownLatch(subscription.awaitsHello() ? 1 : 0);
    }

    /** Serves it, as {@link FrameSource#subscribe} does: each frame is the text of an event. */
    public void feed(FrameSink sink) throws InterruptedException {
      if (!reserve(0, filter, sink)) {
        return;
      }
      sink.onClose(this::release);
      hello.await();
      firehose.subscribe(start(), new EventSink(sink, shared, () -> filter));
    }

    private OptionalLong start() {
      return cursor.isPresent() && cursor.getAsLong() <= log.last()
          ? OptionalLong.of(Math.max(0, cursor.getAsLong() - 1))
          : OptionalLong.empty();
    }

    /** Takes a message of the client's; a malformed one ends the subscription. */
    public void receive(byte[] utf8, FrameSink sink) {
      try {
        ClientMessage.filter(utf8).ifPresent(update -> replace(update, sink));
      } catch (DataException e) {
        sink.close(BAD_DATA, "InvalidMessage");
      } catch (XrpcException e) {
        sink.close(POLICY_VIOLATION, e.error());
      }
    }

    private synchronized void replace(Filter update, FrameSink sink) {
      if (sink.isOpen() && reserve(filter.dids().size(), update, sink)) {
        filter = update;
        hello.countDown();
      }
    }

    private boolean reserve(int before, Filter wanted, FrameSink sink) {
      int more = wanted.dids().size() - before;
      if (wantedDids.addAndGet(more) > MAX_WANTED_DIDS && more > 0) {
        wantedDids.addAndGet(-more);
        sink.close(TRY_AGAIN_LATER, "TooManyWantedDids");
        return false;
      }
      return true;
    }

    private synchronized void release() {
      wantedDids.addAndGet(-filter.dids().size());
      filter = Filter.ALL;
    }
  }
}
