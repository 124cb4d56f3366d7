package dev.virga.aws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** How a poller goes through the shards of a stream, shown on one that is made up. */
class StreamPollerTest {
  private static final StreamPoller.Pace QUICK = StreamPoller.Pace.steady(Duration.ofMillis(1));

  private final FakeStream stream = new FakeStream();
  private final Checkpoints checkpoints = Checkpoints.inMemory();
  private final List<String> delivered = new ArrayList<>();
  private final StreamPoller poller = poller();

  private StreamPoller poller() {
    return new StreamPoller(stream, "arn:stream", _ -> true, this::note, checkpoints, QUICK);
  }

  private void note(List<Change> batch) {
    batch.forEach(change -> delivered.add(change.key().sort()));
  }

  private void pollAll(StreamPoller with) throws InterruptedException {
    int rounds = 0;
    while (with.poll()) {
      assertThat(rounds++).as("rounds").isLessThan(1_000);
    }
  }

  @Test
  void readsAChildOnlyWhenItsParentEnded() throws Exception {
    stream.shard("child", "parent", "c1", "c2");
    stream.shard("parent", null, "p1", "p2");
    pollAll(poller);
    assertThat(delivered).containsExactly("p1", "p2");

    stream.add("parent", "p3");
    stream.end("parent");
    pollAll(poller);
    assertThat(delivered).containsExactly("p1", "p2", "p3", "c1", "c2");
  }

  @Test
  void beginsWithAShardWhoseParentIsForgotten() throws Exception {
    stream.shard("child", "trimmed long ago", "c1");
    pollAll(poller);

    assertThat(delivered).containsExactly("c1");
  }

  @Test
  void findsShardsThatAppearLater() throws Exception {
    pollAll(poller);
    stream.shard("first", null, "a");
    pollAll(poller);
    stream.end("first");
    pollAll(poller);
    stream.shard("second", "first", "b");
    pollAll(poller);

    assertThat(delivered).containsExactly("a", "b");
  }

  @Test
  void findsAChildThatIsListedLateBesideOtherShards() throws Exception {
    stream.shard("other", null);
    stream.shard("first", null, "a");
    stream.end("first");
    pollAll(poller);
    stream.shard("second", "first", "b");
    for (int i = 0; i < 100 && delivered.size() < 2; i++) {
      pollAll(poller);
    }

    assertThat(delivered).containsExactly("a", "b");
  }

  @Test
  void goesOnWhereTheLastOneEnded() throws Exception {
    stream.shard("done", null, "a");
    stream.end("done");
    stream.shard("open", null, "b");
    pollAll(poller);
    stream.add("open", "c");
    pollAll(poller());

    assertThat(delivered).containsExactly("a", "b", "c");
  }

  @Test
  void offersARefusedBatchAgainWhileOtherShardsGoOn() throws Exception {
    stream.shard("bad", null, "x1", "x2");
    stream.shard("good", null, "y1");
    List<String> refused = new ArrayList<>();
    StreamPoller choosy =
        new StreamPoller(
            stream,
            "arn:stream",
            _ -> true,
            batch -> {
              if (batch.getFirst().key().sort().startsWith("x") && refused.size() < 2) {
                refused.add(batch.getFirst().key().sort());
                throw new IllegalStateException("not now");
              }
              note(batch);
            },
            checkpoints,
            QUICK);
    pollAll(choosy);
    assertThat(delivered).containsExactly("y1");
    pollAll(choosy);
    pollAll(choosy);

    assertThat(refused).containsExactly("x1", "x1");
    assertThat(delivered).containsExactly("y1", "x1", "x2");
  }

  @Test
  void survivesAnExpiredIterator() throws Exception {
    stream.shard("s", null, "a");
    pollAll(poller);
    stream.expireIterators();
    stream.add("s", "b");
    pollAll(poller);

    assertThat(delivered).containsExactly("a", "b");
  }

  @Test
  void beginsAnewWithTheOldestWhenRecordsWereLost() throws Exception {
    stream.shard("s", null, "a", "b");
    checkpoints.save("s", "-5");
    pollAll(poller);

    assertThat(delivered).containsExactly("a", "b");
  }

  @Test
  void leavesAShardThatIsGone() throws Exception {
    stream.shard("s", null, "a");
    pollAll(poller);
    stream.forget("s");
    stream.shard("t", "s", "b");
    pollAll(poller);

    assertThat(delivered).containsExactly("a", "b");
    assertThat(checkpoints.load("s")).contains(Checkpoints.END);
  }

  @Test
  void tellsWhoeverPollsByHandThatTheStreamFails() {
    stream.failing = true;

    assertThatThrownBy(poller::poll).isInstanceOf(DynamoDbException.class);
  }

  @Test
  @Timeout(60)
  void goesOnOnItsThreadAfterFailures() throws Exception {
    stream.failing = true;
    stream.shard("s", null, "a");
    java.util.concurrent.CountDownLatch arrived = new java.util.concurrent.CountDownLatch(1);
    try (StreamPoller running =
        new StreamPoller(
            stream, "arn:stream", _ -> true, _ -> arrived.countDown(), checkpoints, QUICK)) {
      running.start();
      stream.failedOnce.await();
      stream.failing = false;
      arrived.await();
    }
    assertThat(checkpoints.load("s")).contains("0");
  }

  @Test
  void endsWithoutHavingBegun() {
    poller.close();

    assertThat(delivered).isEmpty();
  }

  @Test
  void passesOnOnlyWhatIsWantedAndNotesNoPositionForTheRest() throws Exception {
    StreamPoller picky =
        new StreamPoller(
            stream,
            "arn:stream",
            key -> key.sort().startsWith("good"),
            this::note,
            checkpoints,
            QUICK);
    stream.shard("s", null, "bad1", "bad2");
    pollAll(picky);
    assertThat(checkpoints.load("s")).isEmpty();

    stream.add("s", "good1");
    stream.add("s", "bad3");
    stream.add("s", "good2");
    pollAll(picky);
    assertThat(delivered).containsExactly("good1", "good2");
    assertThat(checkpoints.load("s")).isPresent();
  }

  @Test
  @Timeout(60)
  void isWokenFromALongPause() throws Exception {
    BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    StreamPoller.Pace drowsy = new StreamPoller.Pace(Duration.ofMillis(1), Duration.ofDays(1));
    stream.shard("s", null, "a");
    try (StreamPoller running =
        new StreamPoller(
            stream,
            "arn:stream",
            _ -> true,
            batch -> batch.forEach(change -> arrived.add(change.key().sort())),
            checkpoints,
            drowsy)) {
      running.start();
      assertThat(arrived.take()).isEqualTo("a");
      for (int i = 0; i < 20; i++) {
        stream.add("s", "b" + i);
        running.wake();
        assertThat(arrived.take()).isEqualTo("b" + i);
      }
    }
  }
}
