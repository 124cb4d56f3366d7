package dev.virga.pds.store;

/**
 * What to read of one partition, in order of sort keys.
 *
 * @param limit the most entries in a page, 1 to 1,000; a backend may end a page sooner (at 1 MB)
 */
public record Query(
    String partition, Range range, boolean backward, int limit, Consistency consistency) {

  /** Whether a read must see every write acknowledged before it began. */
  public enum Consistency {
    /** It must. */
    STRONG,
    /** It may be some seconds behind, at half the price. */
    STALE
  }

  public static Query forward(String partition, Range range, int limit) {
    return new Query(partition, range, false, limit, Consistency.STRONG);
  }

  public static Query backward(String partition, Range range, int limit) {
    return new Query(partition, range, true, limit, Consistency.STRONG);
  }
}
