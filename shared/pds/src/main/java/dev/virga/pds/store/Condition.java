package dev.virga.pds.store;

import java.util.Optional;

/** What must hold of the item at a key for a write of a transaction to go through. */
public sealed interface Condition {
  /** Whether a condition holds of an item, or of nothing. */
  static boolean holds(Condition condition, Optional<Item> item) {
    return switch (condition) {
      case Always _ -> true;
      case Absent _ -> item.isEmpty();
      case Present _ -> item.isPresent();
      case Equal(String attribute, Item.Attribute value) ->
          item.flatMap(present -> present.attribute(attribute)).filter(value::equals).isPresent();
      case Lacks(String attribute) ->
          item.flatMap(present -> present.attribute(attribute)).isEmpty();
      case LessThan(String attribute, long bound) ->
          item.flatMap(present -> present.number(attribute)).orElse(bound) < bound;
      case AbsentOrLess(String attribute, long bound) ->
          item.isEmpty() || item.get().number(attribute).orElse(bound) < bound;
    };
  }

  /** Whatever is there. */
  record Always() implements Condition {}

  /** Nothing is there. An item past its expiry that is still stored counts as there. */
  record Absent() implements Condition {}

  /** Something is there. */
  record Present() implements Condition {}

  /** An item is there whose attribute has exactly this value. */
  record Equal(String attribute, Item.Attribute value) implements Condition {}

  /** Nothing is there, or an item that lacks the attribute. */
  record Lacks(String attribute) implements Condition {}

  /** An item is there whose numeric attribute is less than the bound. */
  record LessThan(String attribute, long bound) implements Condition {}

  /** Nothing is there, or an item whose numeric attribute is less than the bound. */
  record AbsentOrLess(String attribute, long bound) implements Condition {}

  Condition ALWAYS = new Always();
  Condition ABSENT = new Absent();
  Condition PRESENT = new Present();

  static Condition equal(String attribute, String value) {
    return new Equal(attribute, new Item.Attribute.Text(value));
  }

  static Condition equal(String attribute, long value) {
    return new Equal(attribute, new Item.Attribute.Whole(value));
  }
}
