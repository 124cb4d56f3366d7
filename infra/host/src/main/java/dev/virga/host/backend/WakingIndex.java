package dev.virga.host.backend;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An Index that says when this process wrote something for the sequencer, so that the stream need
 * not be read often to be read soon; part of {@link CloudBackend}.
 */
final class WakingIndex implements Index {
  private final Index index;
  private volatile Runnable awake = () -> {};

  WakingIndex(Index index) {
    this.index = index;
  }

  /** Calls back after each write of an outbox item from now on. */
  void tell(Runnable callback) {
    awake = callback;
  }

  private void written(List<Write> writes) {
    if (writes.stream().anyMatch(write -> Outbox.holds(write.key()))) {
      awake.run();
    }
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
  public void transactAfter(Collection<Entry> entries, Runnable barrier, List<Write> writes)
      throws ConditionFailedException {
    index.transactAfter(entries, barrier, writes);
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
