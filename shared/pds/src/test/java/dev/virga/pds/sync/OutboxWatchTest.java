package dev.virga.pds.sync;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutboxWatchTest extends IndexContract {
  private static final Key OUTBOX = new Key("did:plc:a", "outbox#3kaaaaaaaaaaa");
  private static final Key OTHER = new Key("did:plc:a", "head");

  private final List<Key> told = new ArrayList<>();

  @Override
  protected Index open() {
    return new OutboxWatch(
        new MemoryIndex(), writes -> writes.forEach(write -> told.add(write.key())));
  }

  @Test
  void tellsOfEachNewOutboxItem() throws Exception {
    index.transact(List.of(Write.put(OTHER, Item.EMPTY)));
    index.batchPut(List.of(new Entry(OTHER, Item.EMPTY)));
    assertThat(told).isEmpty();
    index.transact(List.of(Write.put(OTHER, Item.EMPTY), Write.put(OUTBOX, Item.EMPTY)));
    assertThat(told).containsExactly(OUTBOX);
    index.transactAfter(List.of(), () -> {}, List.of(Write.put(OUTBOX, Item.EMPTY)));
    assertThat(told).hasSize(2);
    index.writeEach(List.of(Write.put(OUTBOX, Item.EMPTY)));
    assertThat(told).hasSize(3);
  }

  @Test
  void tellsNothingOfOtherWritesThanPuts() throws Exception {
    index.transact(List.of(Write.delete(OUTBOX)));
    assertThat(told).isEmpty();
  }

  @Test
  void tellsNothingOfWhatWasRefused() {
    assertThatThrownBy(
            () -> index.transact(List.of(Write.put(OUTBOX, Item.EMPTY, Condition.PRESENT))))
        .isInstanceOf(ConditionFailedException.class);
    assertThat(told).isEmpty();
  }
}
