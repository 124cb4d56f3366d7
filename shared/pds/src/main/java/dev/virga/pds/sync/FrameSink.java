package dev.virga.pds.sync;

import java.util.List;

/**
 * The way to one subscriber of the event stream: a bounded queue of frames that an adapter sends.
 *
 * <p>Safe for use by many threads. The arrays are shared by all subscribers and never written to.
 */
public interface FrameSink {
  /**
   * Queues frames without ever waiting, for live events. If there is no room, the subscriber is
   * told ConsumerTooSlow and dropped.
   *
   * @param frames in order; those that come together can be sent together
   * @return whether the subscriber is still there
   */
  boolean offer(List<byte[]> frames);

  /** As {@link #offer(List)}, for one. */
  default boolean offer(byte[] frame) {
    return offer(List.of(frame));
  }

  /**
   * Queues frames as soon as there is room, for replay: here the reader sets the pace.
   *
   * @param frames in order; those that come together can be sent together
   * @return whether the subscriber is still there
   */
  boolean put(List<byte[]> frames) throws InterruptedException;

  /** As {@link #put(List)}, for one. */
  default boolean put(byte[] frame) throws InterruptedException {
    return put(List.of(frame));
  }

  /**
   * Sends what is queued, then ends the subscription.
   *
   * @param code of RFC 6455, section 7.4.1, e.g. 1008
   * @param reason at most 123 bytes, e.g. {@code FutureCursor}
   */
  void close(int code, String reason);

  /** Whether the subscriber is still there. */
  boolean isOpen();

  /** Calls back once when the subscriber is gone, at once if it is already. */
  void onClose(Runnable callback);
}
