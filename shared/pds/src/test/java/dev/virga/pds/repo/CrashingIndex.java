package dev.virga.pds.repo;

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

/** An {@link Index} whose process dies before its n-th write. */
final class CrashingIndex implements Index {
  /** The end of the process, as far as the code under test can tell. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final Index index;
  private int left;

  CrashingIndex(Index index, int writes) {
    this.index = index;
    this.left = writes;
  }

  private void write() {
    if (left-- <= 0) {
      throw new Crash();
    }
  }

  @Override
  public Optional<Item> get(Key key) {
    return index.get(key);
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
    write();
    index.transact(writes);
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    write();
    index.batchPut(entries);
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    write();
    index.batchDelete(keys);
  }
}
