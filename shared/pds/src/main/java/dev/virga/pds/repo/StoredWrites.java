package dev.virga.pds.repo;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.ItemValues;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes, of a repository's own partition unless it is named: part of {@link Redo}. */
final class StoredWrites {
  private StoredWrites() {}

  static Value toValue(Did did, List<Write> writes) {
    List<Value> values = new ArrayList<>(writes.size());
    for (Write write : writes) {
      Map<String, Value> entry = new LinkedHashMap<>();
      entry.put("key", Value.of(write.key().sort()));
      if (!write.key().partition().equals(did.text())) {
        entry.put("partition", Value.of(write.key().partition()));
      }
      switch (write) {
        case Write.Put put -> {
          entry.put("put", ItemValues.of(put.item()));
          if (put.expires() != null) {
            entry.put("expires", Value.of(put.expires().getEpochSecond()));
          }
        }
        case Write.Delete _ -> {}
        case Write.Update _, Write.Check _ ->
            throw new IllegalArgumentException("a plan holds puts and deletes only");
      }
      values.add(new Value.Obj(entry));
    }
    return new Value.Array(values);
  }

  static List<Write> writes(Did did, List<Value> values) {
    List<Write> writes = new ArrayList<>(values.size());
    for (Value value : values) {
      Value.Obj entry = (Value.Obj) value;
      Key key =
          new Key(entry.text("partition").orElse(did.text()), entry.text("key").orElseThrow());
      if (entry.get("put").isEmpty()) {
        writes.add(Write.delete(key));
      } else {
        Instant expires =
            entry.get("expires").orElse(null) instanceof Value.Int(long second)
                ? Instant.ofEpochSecond(second)
                : null;
        writes.add(new Write.Put(key, item(entry, "put"), expires, Condition.ALWAYS));
      }
    }
    return writes;
  }

  static Item item(Value.Obj from, String name) {
    try {
      return ItemValues.item((Value.Obj) from.get(name).orElseThrow());
    } catch (DataException e) {
      throw new StoreException("plan is damaged at " + name, e);
    }
  }
}
