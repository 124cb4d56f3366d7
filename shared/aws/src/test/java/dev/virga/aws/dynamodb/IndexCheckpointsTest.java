package dev.virga.aws.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.FakeClock;
import dev.virga.pds.store.MemoryIndex;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IndexCheckpointsTest {
  private final MemoryIndex index = new MemoryIndex();
  private final FakeClock clock = new FakeClock();

  private IndexCheckpoints open() {
    return IndexCheckpoints.open(index, "arn:stream", clock);
  }

  @Test
  void knowsNothingAtFirst() {
    IndexCheckpoints checkpoints = open();
    assertThat(checkpoints.load("shard")).isEmpty();
    assertThat(checkpoints.lastWritten()).isEmpty();
  }

  @Test
  void goesOnWhereTheProcessBeforeWas() {
    open().save("shard", "17");
    assertThat(open().load("shard")).contains("17");
    assertThat(open().lastWritten()).contains(clock.instant());
    assertThat(IndexCheckpoints.open(index, "arn:other", clock).load("shard")).isEmpty();
  }

  @Test
  void writesAPositionEveryTenSecondsAtMost() {
    IndexCheckpoints checkpoints = open();
    checkpoints.save("shard", "1");
    clock.advance(Duration.ofSeconds(9));
    checkpoints.save("shard", "2");
    checkpoints.save("other", "1");
    assertThat(checkpoints.load("shard")).contains("2");
    assertThat(open().load("shard")).contains("1");
    assertThat(open().load("other")).contains("1");

    clock.advance(Duration.ofSeconds(1));
    checkpoints.save("shard", "3");
    assertThat(open().load("shard")).contains("3");
  }

  @Test
  void writesTheEndOfAShardAtOnce() {
    IndexCheckpoints checkpoints = open();
    checkpoints.save("shard", "1");
    checkpoints.save("shard", Checkpoints.END);
    assertThat(open().load("shard")).contains(Checkpoints.END);
  }

  @Test
  void readsMoreShardsThanAPageHolds() {
    IndexCheckpoints checkpoints = open();
    for (int i = 0; i < 1_500; i++) {
      checkpoints.save("shard-" + i, "1");
    }
    assertThat(open().load("shard-1499")).contains("1");
    assertThat(open().load("shard-0")).contains("1");
  }
}
