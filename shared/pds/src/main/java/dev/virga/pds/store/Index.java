package dev.virga.pds.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ordered table with conditional writes: one of the two ports. DynamoDB in the cloud, SQLite on
 * a laptop; one contract suite tests both.
 *
 * <p>Every method blocks, is safe for use by many threads, and throws {@link StoreException} when
 * the store cannot answer. When a write throws that, it may or may not have happened. Committed
 * changes reach the {@link Changes.Listener} of whoever runs the store: at least once each, in
 * order per partition.
 */
public interface Index {
  /** The most keys of one batch (DynamoDB takes 25 to 100 a call; backends split as they need). */
  int MAX_BATCH = 1_000;

  /** The item at a key, strongly consistent. */
  Optional<Item> get(Key key);

  /** The item at a key, which may be some seconds old. */
  default Optional<Item> getStale(Key key) {
    return get(key);
  }

  /** The items at up to {@link #MAX_BATCH} keys, strongly consistent, absent keys left out. */
  Map<Key, Item> batchGet(Collection<Key> keys);

  /** One page of a partition's entries, in order. Entries past their expiry may still show. */
  Page query(Query query);

  /**
   * Carries out all writes or none, atomically. No key twice.
   *
   * @param writes 1 to {@link Write#MAX_PER_TRANSACTION}
   * @throws ConditionFailedException if a condition did not hold; nothing was written
   */
  void transact(List<Write> writes) throws ConditionFailedException;

  /** Stores entries in any order, not atomically; doing it again is harmless. */
  void batchPut(Collection<Entry> entries);

  /** Removes items in any order, not atomically; doing it again is harmless. */
  void batchDelete(Collection<Key> keys);
}
