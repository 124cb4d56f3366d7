package dev.virga.pds.store;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One write of a transaction, with the condition under which all of them go through. */
public sealed interface Write {
  Key key();

  Condition condition();

  /** Stores a whole item in the place of whatever is there. */
  record Put(Key key, Item item, @Nullable Instant expires, Condition condition) implements Write {
    public Put {
      expires = expires == null ? null : Entry.wholeSecond(expires);
    }
  }

  /**
   * Changes some attributes of an item and leaves the others; the item is made if it is absent. No
   * attribute is both set and removed.
   *
   * @param set attributes to set
   * @param remove names of attributes to remove
   * @param expiry what becomes of the expiry
   */
  record Update(Key key, Item set, Set<String> remove, Expiry expiry, Condition condition)
      implements Write {
    public Update {
      remove = Set.copyOf(remove);
      for (String name : remove) {
        if (set.attribute(name).isPresent()) {
          throw new IllegalArgumentException("attribute is both set and removed: " + name);
        }
      }
    }

    /**
     * The item that this update makes of another.
     *
     * @throws IllegalArgumentException if that would be too large
     */
    public Item appliedTo(Item before) {
      TreeMap<String, Item.Attribute> attributes = new TreeMap<>(before.attributes());
      attributes.keySet().removeAll(remove);
      attributes.putAll(set.attributes());
      return Item.of(attributes);
    }

    /** The expiry that this update makes of another; null stands for never. */
    public @Nullable Instant expiryAfter(@Nullable Instant before) {
      return switch (expiry) {
        case Expiry.Keep _ -> before;
        case Expiry.Never _ -> null;
        case Expiry.At(Instant when) -> when;
      };
    }
  }

  /** Removes an item, if it is there. */
  record Delete(Key key, Condition condition) implements Write {}

  /** Changes nothing, only demands. */
  record Check(Key key, Condition condition) implements Write {}

  /** What an update does to the expiry of an item. */
  sealed interface Expiry {
    /** Leaves it as it is. */
    record Keep() implements Expiry {}

    /** The item stays for ever. */
    record Never() implements Expiry {}

    /** The item may be forgotten from then on. */
    record At(Instant when) implements Expiry {
      public At {
        when = Entry.wholeSecond(when);
      }
    }
  }

  static Put put(Key key, Item item) {
    return new Put(key, item, null, Condition.ALWAYS);
  }

  static Put put(Key key, Item item, Condition condition) {
    return new Put(key, item, null, condition);
  }

  static Update update(Key key, Item set, Condition condition) {
    return new Update(key, set, Set.of(), new Expiry.Keep(), condition);
  }

  static Delete delete(Key key) {
    return new Delete(key, Condition.ALWAYS);
  }

  static Delete delete(Key key, Condition condition) {
    return new Delete(key, condition);
  }

  static Check check(Key key, Condition condition) {
    return new Check(key, condition);
  }

  /** The most writes that a transaction of every store takes (DynamoDB's limit). */
  int MAX_PER_TRANSACTION = 100;

  /**
   * How large a transaction may be.
   *
   * @param writes how many of them
   * @param bytes of all of them, keys included
   */
  record Limits(int writes, int bytes) {
    /** What every store takes (DynamoDB's limits). */
    public static final Limits EVERYWHERE = new Limits(MAX_PER_TRANSACTION, 4_000_000);

    /** Whether so many writes of so many bytes are within these limits. */
    public boolean allow(int number, long size) {
      return number <= writes && size <= bytes;
    }
  }

  /** What this write counts against {@link Limits#bytes}. */
  default int bytes() {
    return key().bytes()
        + switch (this) {
          case Put put -> put.item().bytes();
          case Update update -> update.set().bytes();
          case Delete _, Check _ -> 0;
        };
  }

  /** What all the writes add up to. */
  static long bytes(List<Write> writes) {
    return writes.stream().mapToLong(Write::bytes).sum();
  }

  /**
   * Checks what every backend demands of a transaction before it looks at the store.
   *
   * @throws IllegalArgumentException if there are none or too many writes, a key comes twice, or
   *     they are too large together
   */
  static void requireTransaction(List<Write> writes, Limits limits) {
    if (writes.isEmpty() || writes.size() > limits.writes()) {
      throw new IllegalArgumentException(
          "a transaction has 1 to %d writes, not %d".formatted(limits.writes(), writes.size()));
    }
    Set<Key> keys = HashSet.newHashSet(writes.size());
    for (Write write : writes) {
      if (!keys.add(write.key())) {
        throw new IllegalArgumentException("two writes of a transaction at " + write.key());
      }
    }
    long bytes = bytes(writes);
    if (bytes > limits.bytes()) {
      throw new IllegalArgumentException(
          "a transaction has at most %d bytes, not %d".formatted(limits.bytes(), bytes));
    }
  }

  /** Short for a list of writes. */
  static List<Write> all(Write... writes) {
    return List.of(writes);
  }
}
