package dev.virga.pds.store;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One write of a transaction, with the condition under which all of them go through. */
public sealed interface Write {
  Key key();

  Condition condition();

  /** Stores a whole item in the place of whatever is there. */
  record Put(Key key, Item item, @Nullable Instant expires, Condition condition) implements Write {}

  /**
   * Changes some attributes of an item and leaves the others; the item is made if it is absent.
   *
   * @param set attributes to set
   * @param remove names of attributes to remove
   * @param expiry what becomes of the expiry
   */
  record Update(Key key, Item set, Set<String> remove, Expiry expiry, Condition condition)
      implements Write {}

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
    record At(Instant when) implements Expiry {}
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

  /** The most writes that one transaction takes (DynamoDB's limit). */
  int MAX_PER_TRANSACTION = 100;

  /** Short for a list of writes. */
  static List<Write> all(Write... writes) {
    return List.of(writes);
  }
}
