package dev.virga.pds.limit;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An index that can be out of reach, or answer that it is after it did what it was asked to. */
final class FlakyIndex implements Index {
  private final Index index;
  boolean down;
  boolean unheard;
  int refused;

  FlakyIndex(Index index) {
    this.index = index;
  }

  private void requireUp() {
    if (down) {
      refused++;
      throw new StoreException("down");
    }
  }

  @Override
  public Optional<Item> get(Key key) {
    requireUp();
    return index.get(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    requireUp();
    return index.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    requireUp();
    return index.query(query);
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    requireUp();
    index.transact(writes);
    if (unheard) {
      throw new StoreException("no answer");
    }
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    requireUp();
    index.batchPut(entries);
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    requireUp();
    index.batchDelete(keys);
  }
}
