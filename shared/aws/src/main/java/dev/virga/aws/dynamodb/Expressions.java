package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The expressions of one write, with the names and values that they refer to; part of {@link
 * Requests}. Every name is a reference: any word may be reserved.
 */
final class Expressions {
  /** No item has an attribute of this name, so that removing it changes nothing. */
  private static final String NOTHING = "$nothing";

  private final Map<String, String> names = new HashMap<>();
  private final Map<String, AttributeValue> values = new HashMap<>();
  private final @Nullable String condition;
  private final @Nullable String update;

  private Expressions(Write write) {
    condition = condition(write.condition());
    update = write instanceof Write.Update changes ? update(changes) : null;
  }

  static Expressions of(Write write) {
    return new Expressions(write);
  }

  /** The condition expression, null for none. */
  @Nullable String condition() {
    return condition;
  }

  /** The update expression, null if the write is no update. */
  @Nullable String update() {
    return update;
  }

  /** The names, null for none: DynamoDB refuses an empty map. */
  @Nullable Map<String, String> names() {
    return names.isEmpty() ? null : names;
  }

  /** The values, null for none. */
  @Nullable Map<String, AttributeValue> values() {
    return values.isEmpty() ? null : values;
  }

  private @Nullable String condition(Condition demanded) {
    return switch (demanded) {
      case Condition.Always _ -> null;
      case Condition.Absent _ -> "attribute_not_exists(" + Row.PARTITION + ")";
      case Condition.Present _ -> "attribute_exists(" + Row.PARTITION + ")";
      case Condition.Equal(String attribute, Item.Attribute value) ->
          name(Row.column(attribute)) + " = " + value(Attributes.encode(value));
      case Condition.Lacks(String attribute) ->
          "attribute_not_exists(" + name(Row.column(attribute)) + ")";
      case Condition.LessThan(String attribute, long bound) -> isLess(attribute, bound);
      case Condition.AbsentOrLess(String attribute, long bound) ->
          "attribute_not_exists(" + Row.PARTITION + ") OR " + isLess(attribute, bound);
    };
  }

  private String isLess(String attribute, long bound) {
    return name(Row.column(attribute)) + " < " + value(Attributes.number(bound));
  }

  private String update(Write.Update changes) {
    List<String> set = new ArrayList<>();
    List<String> remove = new ArrayList<>();
    changes
        .set()
        .attributes()
        .forEach((name, value) -> set.add(assignment(Row.column(name), Attributes.encode(value))));
    changes.remove().forEach(name -> remove.add(name(Row.column(name))));
    switch (changes.expiry()) {
      case Write.Expiry.Keep _ -> {}
      case Write.Expiry.Never _ -> remove.add(name(Row.EXPIRES));
      case Write.Expiry.At(var when) ->
          set.add(assignment(Row.EXPIRES, Attributes.number(when.getEpochSecond())));
    }
    if (set.isEmpty() && remove.isEmpty()) {
      remove.add(name(NOTHING)); // an update in a transaction must have an expression
    }
    String setting = set.isEmpty() ? "" : "SET " + String.join(", ", set) + " ";
    return setting + (remove.isEmpty() ? "" : "REMOVE " + String.join(", ", remove));
  }

  private String assignment(String column, AttributeValue value) {
    return name(column) + " = " + value(value);
  }

  private String name(String column) {
    String reference = "#n" + names.size();
    names.put(reference, column);
    return reference;
  }

  private String value(AttributeValue value) {
    String reference = ":v" + values.size();
    values.put(reference, value);
    return reference;
  }
}
