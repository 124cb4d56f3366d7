package dev.virga.pds.store;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/** Items as values of the data model, for storing them elsewhere than in an {@link Index}. */
public final class ItemValues {
  private ItemValues() {}

  /** The attributes of an item by name. */
  public static Value.Obj of(Item item) {
    Map<String, Value> values = new LinkedHashMap<>();
    item.attributes()
        .forEach(
            (name, attribute) ->
                values.put(
                    name,
                    switch (attribute) {
                      case Item.Attribute.Text(String text) -> Value.of(text);
                      case Item.Attribute.Whole(long number) -> Value.of(number);
                      case Item.Attribute.Flag(boolean flag) -> Value.of(flag);
                      case Item.Attribute.Bytes(byte[] bytes) -> new Value.Bytes(bytes);
                    }));
    return new Value.Obj(values);
  }

  /**
   * The item that a value was made of.
   *
   * @throws DataException naming an attribute that no item can have
   */
  public static Item item(Value.Obj values) {
    Item.Builder item = Item.builder();
    values
        .entries()
        .forEach(
            (name, value) -> {
              switch (value) {
                case Value.Text(String text) -> item.text(name, text);
                case Value.Int(long number) -> item.number(name, number);
                case Value.Bool(boolean flag) -> item.flag(name, flag);
                case Value.Bytes(byte[] bytes) -> item.bytes(name, bytes);
                default -> throw new DataException("malformed attribute: " + name);
              }
            });
    return item.build();
  }
}
