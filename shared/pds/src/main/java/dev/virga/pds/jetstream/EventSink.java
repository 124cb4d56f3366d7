package dev.virga.pds.jetstream;

import dev.virga.pds.sync.FrameSink;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Takes frames of the firehose for a {@link Jetstream} subscriber and hands on what it wants. */
final class EventSink implements FrameSink {
  private final FrameSink subscriber;
  private final SharedEvents shared;
  private final Supplier<Filter> filter;

  EventSink(FrameSink subscriber, SharedEvents shared, Supplier<Filter> filter) {
    this.subscriber = subscriber;
    this.shared = shared;
    this.filter = filter;
  }

  /** One frame's events after the other's, as they have more bytes than it and are not counted. */
  @Override
  public boolean offer(List<byte[]> frames) {
    for (byte[] frame : frames) {
      if (!subscriber.offer(wanted(shared.of(frame)))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean put(List<byte[]> frames) throws InterruptedException {
    for (byte[] frame : frames) {
      if (!subscriber.put(wanted(EntryEvents.of(frame)))) { // replayed frames are not shared
        return false;
      }
    }
    return true;
  }

  private List<byte[]> wanted(Optional<EntryEvents> events) {
    return events.stream()
        .flatMap(some -> some.wantedBy(filter.get()).stream())
        .map(JetstreamEvent::json)
        .toList();
  }

  @Override
  public void close(int code, String reason) {
    subscriber.close(code, reason);
  }

  @Override
  public boolean isOpen() {
    return subscriber.isOpen();
  }

  @Override
  public void onClose(Runnable callback) {
    subscriber.onClose(callback);
  }
}
