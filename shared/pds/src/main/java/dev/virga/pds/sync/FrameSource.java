package dev.virga.pds.sync;

import java.util.OptionalLong;

/** Feeds subscribers of the event stream with encoded frames. */
@FunctionalInterface
public interface FrameSource {
  /**
   * Serves one subscriber. Called on a thread of the subscriber's own, which is interrupted when it
   * goes: the call may stay for as long as the subscriber does, or return and go on feeding from
   * elsewhere until {@link FrameSink#onClose}.
   *
   * @param cursor the last sequence number that the subscriber has seen; empty for live only
   */
  void subscribe(OptionalLong cursor, FrameSink sink) throws InterruptedException;
}
