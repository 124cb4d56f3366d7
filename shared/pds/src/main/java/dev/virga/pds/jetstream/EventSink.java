package dev.virga.pds.jetstream;

import dev.virga.pds.sync.FrameSink;
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

  @Override
  public boolean offer(byte[] frame) {
    Optional<EntryEvents> events = shared.of(frame);
    if (events.isEmpty()) {
      return subscriber.isOpen();
    }
    for (JetstreamEvent event : events.get().wantedBy(filter.get())) {
      if (!subscriber.offer(event.json())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean put(byte[] frame) throws InterruptedException {
    Optional<EntryEvents> events = EntryEvents.of(frame); // replayed frames are not shared
    if (events.isEmpty()) {
      return subscriber.isOpen();
    }
    for (JetstreamEvent event : events.get().wantedBy(filter.get())) {
      if (!subscriber.put(event.json())) {
        return false;
      }
    }
    return true;
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
