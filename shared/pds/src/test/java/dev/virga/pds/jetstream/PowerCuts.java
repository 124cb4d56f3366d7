package dev.virga.pds.jetstream;

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
import java.util.function.BooleanSupplier;

/** An index whose caller may die before or after any call. */
final class PowerCuts implements Index {
  private final Index index;
  private final BooleanSupplier now;

  /** The end of a process, which nobody catches. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;
  }

  PowerCuts(Index index, BooleanSupplier now) {
    this.index = index;
    this.now = now;
  }

  private void perhaps() {
    if (now.getAsBoolean()) {
      throw new PowerCut();
    }
  }

  @Override
  public Optional<Item> get(Key key) {
    perhaps();
    return index.get(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    perhaps();
    return index.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    perhaps();
    return index.query(query);
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    perhaps();
    index.transact(writes);
    perhaps();
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    perhaps();
    index.batchPut(entries);
    perhaps();
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    perhaps();
    index.batchDelete(keys);
    perhaps();
  }
}
