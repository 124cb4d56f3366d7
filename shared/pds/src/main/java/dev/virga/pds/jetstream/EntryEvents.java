package dev.virga.pds.jetstream;

import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.Frame;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.LogEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of one entry of the log, encoded once, and only if somebody wants one of them.
 *
 * <p>Safe for use by many threads.
 */
final class EntryEvents {
  private static final byte[] NO_BLOCKS = {};

  private final long seq;
  private final Instant time;
  private final EventBody event;
  private final Supplier<Optional<byte[]>> blocks;
  private final List<Topic> topics;
  private @Nullable List<JetstreamEvent> encoded;

  private EntryEvents(long seq, Instant time, EventBody event, Supplier<Optional<byte[]>> blocks) {
    this.seq = seq;
    this.time = time;
    this.event = event;
    this.blocks = blocks;
    this.topics = EventEncoder.topics(event);
  }

  /**
   * Of an entry whose pack, if it has one, is read when it is needed. A pack that is gone makes no
   * events: it was a deleted account's.
   */
  static EntryEvents of(LogEntry entry, Objects objects) {
    String pack = entry.pack();
    return new EntryEvents(
        entry.seq(),
        entry.time(),
        EventBody.decode(entry.event()),
        () -> pack == null ? Optional.of(NO_BLOCKS) : objects.get(pack));
  }

  /** Of a frame of the firehose; empty if it is about the stream itself. */
  static Optional<EntryEvents> of(byte[] frame) {
    return Frame.decode(frame).event().map(EntryEvents::of);
  }

  private static EntryEvents of(Frame.Event event) {
    byte[] blocks = event.body() instanceof CommitEvent commit ? commit.blocks() : NO_BLOCKS;
    return new EntryEvents(event.seq(), event.time(), event.body(), () -> Optional.of(blocks));
  }

  long seq() {
    return seq;
  }

  /** The events that pass a filter, in order. */
  List<JetstreamEvent> wantedBy(Filter filter) {
    if (topics.stream().noneMatch(filter::wants)) {
      return List.of();
    }
    return encoded().stream().filter(filter::admits).toList();
  }

  private synchronized List<JetstreamEvent> encoded() {
    List<JetstreamEvent> events = encoded;
    if (events == null) {
      boolean deletesOnly =
          event instanceof CommitEvent commit
              && commit.ops().stream().allMatch(op -> op.cid() == null);
      Optional<byte[]> car = deletesOnly ? Optional.of(NO_BLOCKS) : blocks.get();
      events = car.isEmpty() ? List.of() : EventEncoder.encode(seq, time, event, car.get());
      encoded = events;
    }
    return events;
  }
}
