package dev.virga.host.backend;

import dev.virga.aws.dynamodb.StreamPoller;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change feed of a {@link CloudBackend}: first what the stream may have forgotten since it was
 * last read, then the stream.
 */
final class CloudFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CloudFeed.class);

  /** Well within the day for which a stream remembers. */
  private static final Duration SURELY_REMEMBERED = Duration.ofHours(12);

  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(5);

  private final StreamPoller poller;
  private final Thread thread;

  private CloudFeed(StreamPoller poller, Backend.Missed missed, boolean mayHaveForgotten) {
    this.poller = poller;
    this.thread =
        Thread.ofVirtual()
            .name("cloud-feed")
            .unstarted(
                () -> {
                  if (!mayHaveForgotten || delivered(missed)) {
                    poller.start();
                  }
                });
  }

  /**
   * Begins on a thread of its own.
   *
   * @param lastRead when it was last noted that the stream is read; empty for never
   */
  static CloudFeed start(
      StreamPoller poller, Optional<Instant> lastRead, Backend.Missed missed, InstantSource clock) {
    Instant remembered = clock.instant().minus(SURELY_REMEMBERED);
    boolean mayHaveForgotten = lastRead.filter(remembered::isBefore).isEmpty();
    CloudFeed feed = new CloudFeed(poller, missed, mayHaveForgotten);
    feed.thread.start();
    return feed;
  }

  /** Tries until it is done; false if it was closed before. */
  private static boolean delivered(Backend.Missed missed) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        missed.deliver();
        return true;
      } catch (InterruptedException e) {
        return false;
      } catch (Exception e) {
        LOG.warn("what the stream forgot could not be delivered, trying again", e);
        LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
      }
    }
    return false;
  }

  /** Says that there is news in the stream, or will be in a moment. */
  void wake() {
    poller.wake();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    poller.close();
  }
}
