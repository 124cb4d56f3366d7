package dev.virga.host.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.IndexContract;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.Write;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class WakingIndexTest extends IndexContract {
  private static final Key OUTBOX = new Key("did:plc:a", "outbox#3kaaaaaaaaaaa");
  private static final Key OTHER = new Key("did:plc:a", "head");

  private final AtomicInteger awake = new AtomicInteger();

  @Override
  protected Index open() {
    WakingIndex index = new WakingIndex(new MemoryIndex());
    index.tell(awake::incrementAndGet);
    return index;
  }

  @Test
  void tellsOfEachWriteOfAnOutboxItem() throws Exception {
    index.transact(List.of(Write.put(OTHER, Item.EMPTY)));
    index.batchPut(List.of(new Entry(OTHER, Item.EMPTY)));
    assertThat(awake).hasValue(0);
    index.transact(List.of(Write.put(OTHER, Item.EMPTY), Write.put(OUTBOX, Item.EMPTY)));
    assertThat(awake).hasValue(1);
    index.transactAfter(List.of(), () -> {}, List.of(Write.put(OUTBOX, Item.EMPTY)));
    assertThat(awake).hasValue(2);
    index.writeEach(List.of(Write.put(OUTBOX, Item.EMPTY)));
    assertThat(awake).hasValue(3);
  }

  @Test
  void tellsNothingOfWhatWasRefused() {
    assertThatThrownBy(
            () -> index.transact(List.of(Write.put(OUTBOX, Item.EMPTY, Condition.PRESENT))))
        .isInstanceOf(ConditionFailedException.class);
    assertThat(awake).hasValue(0);
  }
}
