package dev.virga.bench.load;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some subscribers who began together. */
final class Audience implements AutoCloseable {
  /** Without a frame for so long, nothing more is coming. */
  private static final Duration SILENCE = Duration.ofMillis(1_500);

  private final List<Subscriber> subscribers = new ArrayList<>();

  private Audience() {}

  static Audience of(URI server, int count, @Nullable Long cursor) throws IOException {
    Audience audience = new Audience();
    for (int i = 0; i < count; i++) {
      audience.subscribers.add(new Subscriber(server, cursor, true));
    }
    return audience;
  }

  long frames() {
    return subscribers.stream().mapToLong(Subscriber::frames).sum();
  }

  long open() {
    return subscribers.stream().filter(Subscriber::isOpen).count();
  }

  /** Waits for so many frames; false if silence comes first. */
  boolean await(long frames) throws InterruptedException {
    while (frames() < frames) {
      if (silent()) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }

  void awaitSilence() throws InterruptedException {
    while (!silent()) {
      Thread.sleep(20);
    }
  }

  private boolean silent() {
    return System.nanoTime() - last() > SILENCE.toNanos();
  }

  private long last() {
    return subscribers.stream().mapToLong(Subscriber::lastNanos).max().orElse(System.nanoTime());
  }

  /** Frames a second from a moment to the last frame. */
  double perSecond(long begun) {
    return frames() / ((last() - begun) / 1e9);
  }

  @Override
  public void close() throws IOException {
    for (Subscriber subscriber : subscribers) {
      subscriber.close();
    }
  }
}
