package dev.virga.pds.sync;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An Index that says when this process wrote something for the {@link Sequencer}, which else would
 * learn of it by the change feed alone.
 */
public final class OutboxWatch implements Index {
  private final Index index;
  private final Consumer<List<Write.Put>> told;

  /**
   * @param told gets the new outbox items of each write that was carried out, on its thread
   */
  public OutboxWatch(Index index, Consumer<List<Write.Put>> told) {
    this.index = index;
    this.told = told;
  }

  private void written(List<Write> writes) {
    List<Write.Put> news =
        writes.stream()
            .filter(write -> Outbox.holds(write.key()))
            .filter(Write.Put.class::isInstance)
            .map(Write.Put.class::cast)
            .toList();
    if (!news.isEmpty()) {
      told.accept(news);
    }
  }

  @Override
  public Write.Limits limits() {
    return index.limits();
  }

  @Override
  public boolean tellsInOrder() {
    return index.tellsInOrder();
  }

  @Override
  public Optional<Item> get(Key key) {
    return index.get(key);
  }

  @Override
  public Optional<Item> getStale(Key key) {
    return index.getStale(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    return index.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    return index.query(query);
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    index.transact(writes);
    written(writes);
  }

  @Override
  public void transactAfter(List<Write> beforehand, Runnable barrier, List<Write> writes)
      throws ConditionFailedException {
    index.transactAfter(beforehand, barrier, writes);
    written(writes);
  }

  @Override
  public void writeEach(List<Write> writes) {
    index.writeEach(writes);
    written(writes);
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    index.batchPut(entries);
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    index.batchDelete(keys);
  }
}
