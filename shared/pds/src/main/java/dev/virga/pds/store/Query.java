package dev.virga.pds.store;

/**
 * What to read of one partition, in order of sort keys.
 *
 * @param limit the most entries in a page, 1 to {@link #MAX_LIMIT}; a backend may end a page sooner
 *     (at 1 MB)
 */
public record Query(
    String partition, Range range, boolean backward, int limit, Consistency consistency) {

  /** The most entries that a page may be asked to have. */
  public static final int MAX_LIMIT = 1_000;

  /** Whether a read must see every write acknowledged before it began. */
  public enum Consistency {
    /** It must. */
    STRONG,
    /** It may be some seconds behind, at half the price. */
    STALE
  }

  /**
   * Checks the limit and the partition.
   *
   * @throws IllegalArgumentException if the limit is not 1 to 1,000 or the partition no key's
   */
  public Query {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit is " + limit + ", not 1 to " + MAX_LIMIT);
    }
    Utf8.lengthWithin(partition, Key.MAX_PARTITION_BYTES, "partition");
  }

  public static Query forward(String partition, Range range, int limit) {
    return new Query(partition, range, false, limit, Consistency.STRONG);
  }

  public static Query backward(String partition, Range range, int limit) {
    return new Query(partition, range, true, limit, Consistency.STRONG);
  }
}
