package dev.virga.pds.jetstream;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Optional;

/**
 * The events of the firehose's last live frames, so that each is decoded and encoded once.
 *
 * <p>Found by the frame's array itself, which all subscribers share.
 */
final class SharedEvents {
  private static final int MAX_FRAMES = 500;

  /** Bytes of the frames; what is kept of them has two to three times as much. */
  private static final long MAX_BYTES = 8L << 20;

  private final IdentityHashMap<byte[], Optional<EntryEvents>> events = new IdentityHashMap<>();
  private final ArrayDeque<byte[]> oldestFirst = new ArrayDeque<>();
  private long bytes;

  synchronized Optional<EntryEvents> of(byte[] frame) {
    Optional<EntryEvents> known = events.get(frame);
    if (known != null) {
      return known;
    }
    Optional<EntryEvents> decoded = EntryEvents.of(frame);
    events.put(frame, decoded);
    oldestFirst.addLast(frame);
    bytes += frame.length;
    while (oldestFirst.size() > MAX_FRAMES || (bytes > MAX_BYTES && oldestFirst.size() > 1)) {
      byte[] oldest = oldestFirst.removeFirst();
      events.remove(oldest);
      bytes -= oldest.length;
    }
    return decoded;
  }
}
