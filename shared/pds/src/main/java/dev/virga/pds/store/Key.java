package dev.virga.pds.store;

/**
 * The address of an item: a partition and, inside it, a sort key.
 *
 * <p>Sort keys are compared as UTF-8 bytes. Neither part is empty; a partition is at most 2,048 and
 * a sort key at most 1,024 bytes (DynamoDB's limits, kept by every backend). The code point
 * U+10FFFF is not used, so that {@link Range#prefix} has an end. A key that breaks these rules
 * cannot be made.
 */
public final class Key {
  /** The longest partition, in bytes of UTF-8. */
  public static final int MAX_PARTITION_BYTES = 2_048;

  /** The longest sort key, in bytes of UTF-8. */
  public static final int MAX_SORT_BYTES = 1_024;

  private static final int UNMEASURED = -1;

  private final String partition;
  private final String sort;

  /** The length of both in bytes of UTF-8, if it is known. */
  private final int bytes;

  /**
   * Checks the rules above.
   *
   * @throws IllegalArgumentException naming the part and its length
   */
  public Key(String partition, String sort) {
    this(
        partition,
        sort,
        Utf8.lengthWithin(partition, MAX_PARTITION_BYTES, "partition")
            + Utf8.lengthWithin(sort, MAX_SORT_BYTES, "sort key"));
    if (sort.contains(Range.END)) {
      throw new IllegalArgumentException("sort key has the code point U+10FFFF");
    }
  }

  private Key(String partition, String sort, int bytes) {
    this.partition = partition;
    this.sort = sort;
    this.bytes = bytes;
  }

  /** A key that a backend reads back: it kept the rules when something was stored at it. */
  public static Key ofStored(String partition, String sort) {
    return new Key(partition, sort, UNMEASURED);
  }

  public String partition() {
    return partition;
  }

  public String sort() {
    return sort;
  }

  /** The length of both parts in bytes of UTF-8. */
  int bytes() {
    return bytes == UNMEASURED
        ? Utf8.length(partition, "partition") + Utf8.length(sort, "sort key")
        : bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key that && sort.equals(that.sort) && partition.equals(that.partition);
  }

  @Override
  public int hashCode() {
    return 31 * partition.hashCode() + sort.hashCode();
  }

  @Override
  public String toString() {
    return "Key[partition=" + partition + ", sort=" + sort + "]";
  }
}
