package dev.virga.pds.sync;

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
import java.util.Random;
import java.util.function.BooleanSupplier;

/** An index whose calls fail now and then: before they did anything, or after they did it all. */
final class FaultyIndex implements Index {
  private final Index index;
  private final BooleanSupplier fails;

  FaultyIndex(Index index, BooleanSupplier fails) {
    this.index = index;
    this.fails = fails;
  }

  /** Faults drawn at random, with a probability in percent before and again after each call. */
  static FaultyIndex random(Index index, Random random, int percent) {
    return new FaultyIndex(
        index,
        () -> {
          synchronized (random) {
            return random.nextInt(100) < percent;
          }
        });
  }

  private void mayFail() {
    if (fails.getAsBoolean()) {
      throw new StoreException("as the test wants it");
    }
  }

  @Override
  public Optional<Item> get(Key key) {
    mayFail();
    return index.get(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    mayFail();
    return index.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    mayFail();
    return index.query(query);
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    mayFail();
    index.transact(writes);
    mayFail();
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    mayFail();
    index.batchPut(entries);
    mayFail();
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    mayFail();
    index.batchDelete(keys);
    mayFail();
  }
}
