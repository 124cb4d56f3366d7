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
import java.util.concurrent.ConcurrentSkipListMap;

/** Counts the calls of an {@link Index} by name, for tests of what an operation costs. */
public final class CountingIndex {
  private final Map<String, Integer> calls = new ConcurrentSkipListMap<>();

  public Map<String, Integer> calls() {
    return calls;
  }

  public void reset() {
    calls.clear();
  }

  private void count(String call) {
    calls.merge(call, 1, Integer::sum);
  }

  /** The same index, counted. */
  public Index around(Index index) {
    return new Counted(index);
  }

  private final class Counted implements Index {
    private final Index index;

    Counted(Index index) {
      this.index = index;
    }

    @Override
    public Optional<Item> get(Key key) {
      count("get");
      return index.get(key);
    }

    @Override
    public Map<Key, Item> batchGet(Collection<Key> keys) {
      count("batchGet");
      return index.batchGet(keys);
    }

    @Override
    public Page query(Query query) {
      count("query");
      return index.query(query);
    }

    @Override
    public void transact(List<Write> writes) throws ConditionFailedException {
      count("transact");
      index.transact(writes);
    }

    @Override
    public void transactAfter(Collection<Entry> entries, Runnable barrier, List<Write> writes)
        throws ConditionFailedException {
      count("transactAfter");
      index.transactAfter(entries, barrier, writes);
    }

    @Override
    public void batchPut(Collection<Entry> entries) {
      count("batchPut");
      index.batchPut(entries);
    }

    @Override
    public void batchDelete(Collection<Key> keys) {
      count("batchDelete");
      index.batchDelete(keys);
    }
  }
}
