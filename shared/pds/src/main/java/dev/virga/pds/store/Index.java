package dev.virga.pds.store;

import java.util.ArrayList;
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
 * order per partition; a write that leaves an item as it was need not be reported.
 *
 * <p>An argument beyond a documented limit is an {@link IllegalArgumentException}, thrown before
 * anything was written.
 */
public interface Index {
  /** The most keys of one batch (DynamoDB takes 25 to 100 a call; backends split as they need). */
  int MAX_BATCH = 1_000;

  /**
   * Checks the size of a batch.
   *
   * @throws IllegalArgumentException if it is over {@link #MAX_BATCH}
   */
  static void requireBatch(Collection<?> batch) {
    if (batch.size() > MAX_BATCH) {
      throw new IllegalArgumentException(
          "a batch has at most %d entries, not %d".formatted(MAX_BATCH, batch.size()));
    }
  }

  /** How large a transaction this store takes: at least {@link Write.Limits#EVERYWHERE}. */
  default Write.Limits limits() {
    return Write.Limits.EVERYWHERE;
  }

  /** Whether the changes of one transaction are told in the order of its writes, or in any. */
  default boolean tellsInOrder() {
    return false;
  }

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
   * Carries out all writes or none, atomically. No key twice. Every condition is about the items as
   * they were before the transaction.
   *
   * @param writes at least one, within {@link #limits}
   * @throws ConditionFailedException if a condition did not hold; nothing was written
   * @throws IllegalArgumentException as by {@link Write#requireTransaction}, or if an update would
   *     make an item too large
   */
  void transact(List<Write> writes) throws ConditionFailedException;

  /**
   * Writes something beforehand, does something else, and only then carries out a transaction.
   *
   * <p>What is written beforehand may be even if the transaction is not, or together with it. A
   * store that can take both in one go does so.
   *
   * @param beforehand as for {@link #writeEach}; no key of the transaction among them
   * @param barrier what must have happened before the transaction, which is left out if it throws
   */
  default void transactAfter(List<Write> beforehand, Runnable barrier, List<Write> writes)
      throws ConditionFailedException {
    writeEach(beforehand);
    barrier.run();
    transact(writes);
  }

  /**
   * Carries out each write whose condition holds and leaves out the others, in any order; not
   * atomic. No key twice. Cheaper than transactions where every write has to be paid for.
   *
   * @param writes any number
   */
  default void writeEach(List<Write> writes) {
    for (int from = 0; from < writes.size(); from += Write.MAX_PER_TRANSACTION) {
      int to = Math.min(from + Write.MAX_PER_TRANSACTION, writes.size());
      List<Write> left = new ArrayList<>(writes.subList(from, to));
      while (!left.isEmpty()) {
        try {
          transact(left);
          break;
        } catch (ConditionFailedException e) {
          left.removeIf(write -> e.failedAt(write.key()));
        }
      }
    }
  }

  /**
   * Stores up to {@link #MAX_BATCH} entries in any order, not atomically; doing it again is
   * harmless. Of two entries with the same key one wins.
   */
  void batchPut(Collection<Entry> entries);

  /**
   * Removes up to {@link #MAX_BATCH} items in any order, not atomically; doing it again is
   * harmless.
   */
  void batchDelete(Collection<Key> keys);
}
