package dev.virga.host.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.aws.dynamodb.Checkpoints;
import dev.virga.aws.dynamodb.StreamPoller;
import dev.virga.pds.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

@Timeout(60)
final class CloudFeedTest {
  private final FakeClock clock = new FakeClock();
  private final EmptyStream stream = new EmptyStream();

  /** Without shards; says when it is read. */
  private static final class EmptyStream implements DynamoDbStreamsClient {
    final CountDownLatch read = new CountDownLatch(1);

    @Override
    public DescribeStreamResponse describeStream(DescribeStreamRequest request) {
      read.countDown();
      return DescribeStreamResponse.builder().streamDescription(d -> d.shards(List.of())).build();
    }

    @Override
    public String serviceName() {
      return "dynamodb";
    }

    @Override
    public void close() {}
  }

  private CloudFeed start(Optional<Instant> lastRead, Backend.Missed missed) {
    StreamPoller poller =
        new StreamPoller(
            stream,
            "arn:stream",
            _ -> true,
            _ -> {},
            Checkpoints.inMemory(),
            StreamPoller.Pace.steady(Duration.ofMillis(1)));
    return CloudFeed.start(poller, lastRead, missed, clock);
  }

  @Test
  void deliversWhatWasMissedBeforeTheStreamIsRead() throws Exception {
    CountDownLatch missed = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (CloudFeed feed =
        start(
            Optional.empty(),
            () -> {
              missed.countDown();
              goOn.await();
            })) {
      missed.await();
      assertThat(stream.read.getCount()).isEqualTo(1);
      goOn.countDown();
      stream.read.await();
      feed.wake();
    }
  }

  @Test
  void doesSoAlsoWhenTheStreamWasNotReadForHalfADay() throws Exception {
    CountDownLatch missed = new CountDownLatch(1);
    Instant longAgo = clock.instant().minus(Duration.ofHours(13));
    try (CloudFeed feed = start(Optional.of(longAgo), missed::countDown)) {
      missed.await();
      stream.read.await();
      feed.wake();
    }
  }

  @Test
  void looksForNothingMissedSoonAfterTheLastTime() throws Exception {
    CountDownLatch missed = new CountDownLatch(1);
    Instant lately = clock.instant().minus(Duration.ofHours(11));
    try (CloudFeed feed = start(Optional.of(lately), missed::countDown)) {
      stream.read.await();
      feed.wake();
    }
    assertThat(missed.getCount()).isEqualTo(1);
  }

  @Test
  void endsWhileItIsBusyWithWhatWasMissed() throws Exception {
    CountDownLatch missed = new CountDownLatch(1);
    CloudFeed feed =
        start(
            Optional.empty(),
            () -> {
              missed.countDown();
              new CountDownLatch(1).await();
            });
    missed.await();
    feed.close();
    assertThat(stream.read.getCount()).isEqualTo(1);
  }
}
