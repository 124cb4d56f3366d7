package dev.virga.functions.cost;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.Outbox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands on what a table's stream would tell of new outbox items, without the calls that polling a
 * stream takes: Lambda makes them for nothing.
 */
final class OutboxTap implements Index {
  private final Index index;
  private final List<Change> changes = new ArrayList<>();

  OutboxTap(Index index) {
    this.index = index;
  }

  /** The changes since the last call, oldest first. */
  synchronized List<Change> take() {
    List<Change> taken = List.copyOf(changes);
    changes.clear();
    return taken;
  }

  private synchronized void note(List<Write> writes) {
    for (Write write : writes) {
      if (write instanceof Write.Put put && Outbox.holds(put.key())) {
        changes.add(new Change(put.key(), Optional.empty(), Optional.of(put.item())));
      }
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
    note(writes);
  }

  @Override
  public void transactAfter(Collection<Entry> entries, Runnable barrier, List<Write> writes)
      throws ConditionFailedException {
    index.transactAfter(entries, barrier, writes);
    note(writes);
  }

  @Override
  public void writeEach(List<Write> writes) {
    index.writeEach(writes);
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
