package dev.virga.pds.backup;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.ItemValues;
import dev.virga.pds.store.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything of an account that is not its repository, its blobs or of the moment.
 *
 * @param entries in the account's partition, and what belongs to it elsewhere
 */
public record AccountDump(Did did, List<Entry> entries) {
  private static final long VERSION = 1;

  public AccountDump {
    entries = List.copyOf(entries);
  }

  /** As a value of the data model: version, DID and items, each with its key and expiry. */
  public Value.Obj toValue() {
    return Value.Obj.builder()
        .put("version", VERSION)
        .put("did", did.text())
        .put("items", toValue(entries))
        .build();
  }

  /**
   * The dump of a value.
   *
   * @throws DataException if it is not one
   */
  public static AccountDump from(Value.Obj value) {
    if (value.integer("version").orElse(0) != VERSION) {
      throw new DataException("not a dump of version " + VERSION);
    }
    return new AccountDump(
        Did.parse(value.text("did").orElseThrow(() -> new DataException("a dump without a DID"))),
        entries(value.array("items").orElseThrow(() -> new DataException("a dump without items"))));
  }

  static Value toValue(List<Entry> entries) {
    List<Value> values = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      Map<String, Value> value = new LinkedHashMap<>();
      value.put("partition", Value.of(entry.key().partition()));
      value.put("sort", Value.of(entry.key().sort()));
      value.put("item", ItemValues.of(entry.item()));
      if (entry.expires() != null) {
        value.put("expires", Value.of(entry.expires().getEpochSecond()));
      }
      values.add(new Value.Obj(value));
    }
    return new Value.Array(values);
  }

  static List<Entry> entries(List<Value> values) {
    List<Entry> entries = new ArrayList<>(values.size());
    for (Value value : values) {
      if (!(value instanceof Value.Obj entry)
          || !(entry.get("item").orElse(null) instanceof Value.Obj item)) {
        throw new DataException("a dump with a malformed item");
      }
      @Nullable Instant expires =
          entry.get("expires").orElse(null) instanceof Value.Int(long second)
              ? Instant.ofEpochSecond(second)
              : null;
      entries.add(
          new Entry(
              new Key(text(entry, "partition"), text(entry, "sort")),
              ItemValues.item(item),
              expires));
    }
    return entries;
  }

  private static String text(Value.Obj entry, String name) {
    return entry.text(name).orElseThrow(() -> new DataException("a dump with an item without key"));
  }
}
