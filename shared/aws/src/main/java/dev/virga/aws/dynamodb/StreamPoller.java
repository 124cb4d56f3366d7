package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Key;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Feeds a listener with the changes of a table by polling its stream: what the stream function is
 * for in the cloud, for a host on DynamoDB without Lambda and for tests.
 *
 * <p>Every change comes at least once and in order per partition: a shard begins when its parent
 * ended. A second poller of the same stream delivers everything again; more than two are throttled.
 */
public final class StreamPoller implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamPoller.class);

  /** The most shards a stream is expected to have in a day, by far. */
  private static final int MAX_SHARDS = 10_000;

  private static final int MAX_DOUBLINGS = 6;

  /** Rounds after which shards are looked for anyway: a child may be listed late. */
  private static final int ROUNDS_BETWEEN_LOOKS = 64;

  private final DynamoDbStreamsClient client;
  private final String stream;
  private final Predicate<Key> wanted;
  private final Changes.Listener listener;
  private final Checkpoints checkpoints;
  private final Pace pace;
  private final Map<String, ShardReader> readers = new LinkedHashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Semaphore news = new Semaphore(0);
  private @Nullable Thread thread;
  private int roundsUntilLook;

  /**
   * How often the stream is read.
   *
   * @param shortest between two rounds, however much there is; a shard takes five reads a second
   * @param longest after rounds that found nothing, towards which the pause doubles
   */
  public record Pace(Duration shortest, Duration longest) {
    /**
     * For AWS: a fifth of a second while there is news, two seconds otherwise. The latter is 1.3
     * million reads of each shard in a month, at $0.20 a million; 2.5 million are free.
     */
    public static final Pace AWS = new Pace(Duration.ofMillis(200), Duration.ofSeconds(2));

    /** Always the same pause. */
    public static Pace steady(Duration pause) {
      return new Pace(pause, pause);
    }
  }

  /**
   * A poller that does nothing until it is started or polled by hand.
   *
   * @param stream the ARN of the stream
   * @param wanted which changes the listener gets, by key
   */
  public StreamPoller(
      DynamoDbStreamsClient client,
      String stream,
      Predicate<Key> wanted,
      Changes.Listener listener,
      Checkpoints checkpoints,
      Pace pace) {
    this.client = client;
    this.stream = stream;
    this.wanted = wanted;
    this.listener = listener;
    this.checkpoints = checkpoints;
    this.pace = pace;
  }

  /** Begins to poll on a thread of its own, until it is closed. */
  public StreamPoller start() {
    thread = Thread.ofVirtual().name("stream-poller").start(this::run);
    return this;
  }

  /** Says that there is news in the stream, or will be in a moment: it is read soon. */
  public void wake() {
    news.release();
  }

  private void run() {
    long pause = pace.shortest().toMillis();
    int troubles = 0;
    try {
      while (stop.getCount() > 0) {
        boolean busy = false;
        news.drainPermits();
        try {
          busy = poll();
          troubles = 0;
        } catch (RuntimeException failure) { // whatever it was, the feed must not end
          troubles = Math.min(troubles + 1, MAX_DOUBLINGS);
          LOG.warn("the stream could not be read, trying again", failure);
        }
        if (stop.await(pace.shortest().toMillis() << troubles, TimeUnit.MILLISECONDS)) {
          return;
        }
        pause = busy ? pace.shortest().toMillis() : pause(pause);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for news after the shortest pause, which was waited in any case.
   *
   * @param last how long this took the last time
   * @return how long it may take the next time
   */
  private long pause(long last) throws InterruptedException {
    long shortest = pace.shortest().toMillis();
    boolean woken = news.tryAcquire(last - shortest, TimeUnit.MILLISECONDS);
    return woken ? shortest : Math.min(2 * last, pace.longest().toMillis());
  }

  /**
   * Reads every shard that may be read once, on the calling thread.
   *
   * @return whether there may be more at once
   * @throws SdkException if the stream cannot be read; the next call goes on where this one ended
   */
  boolean poll() throws InterruptedException {
    if (roundsUntilLook-- <= 0 || readers.isEmpty()) {
      look();
    }
    boolean busy = false;
    for (ShardReader reader : List.copyOf(readers.values())) {
      if (reader.parent().filter(readers::containsKey).isPresent()) {
        continue;
      }
      switch (reader.step(wanted, listener)) {
        case IDLE, REFUSED -> {}
        case MOVED -> busy = true;
        case ENDED -> {
          readers.remove(reader.shard());
          roundsUntilLook = 0; // its children may be new
          busy = true;
        }
      }
    }
    return busy;
  }

  /** Looks which shards there are; those that were read to their end stay out. */
  private void look() {
    Optional<String> last = Optional.empty();
    int seen = 0;
    do {
      @Nullable String after = last.orElse(null);
      DescribeStreamResponse answer =
          client.describeStream(r -> r.streamArn(stream).exclusiveStartShardId(after));
      for (Shard shard : answer.streamDescription().shards()) {
        add(shard);
        seen++;
      }
      last = Optional.ofNullable(answer.streamDescription().lastEvaluatedShardId());
    } while (last.isPresent() && seen < MAX_SHARDS);
    roundsUntilLook = ROUNDS_BETWEEN_LOOKS;
  }

  private void add(Shard shard) {
    String id = shard.shardId();
    if (!readers.containsKey(id) && !checkpoints.load(id).equals(Optional.of(Checkpoints.END))) {
      readers.put(id, new ShardReader(client, stream, id, shard.parentShardId(), checkpoints));
    }
  }

  /** Stops polling and waits until a batch that is under way was accepted or refused. */
  @Override
  public void close() {
    stop.countDown();
    news.release();
    try {
      if (thread != null) {
        thread.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
