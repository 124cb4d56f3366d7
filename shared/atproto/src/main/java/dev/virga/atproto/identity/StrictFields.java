package dev.virga.atproto.identity;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a map that must hold these and no others; how {@link PlcOperation} parses.
 */
final class StrictFields {
  private final Value.Obj obj;
  private final String what;

  /**
   * @param what names the map in messages
   * @throws DataException unless the map has exactly these keys
   */
  StrictFields(String what, Value.Obj obj, Set<String> keys) {
    this.obj = obj;
    this.what = what;
    for (String key : keys) {
      if (!obj.has(key)) {
        throw new DataException(what + " lacks " + key);
      }
    }
    if (obj.entries().size() != keys.size()) {
      throw new DataException(what + " has fields other than " + String.join(", ", keys));
    }
  }

  String text(String key) {
    return obj.text(key).orElseThrow(() -> wrong(key, "text"));
  }

  Cid cid(String key) {
    return Cid.parse(text(key));
  }

  @Nullable Cid nullableCid(String key) {
    return isNull(key) ? null : cid(key);
  }

  boolean isNull(String key) {
    return obj.get(key).orElseThrow() == Value.Null.NULL;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Value item : obj.array(key).orElseThrow(() -> wrong(key, "an array"))) {
      if (!(item instanceof Value.Text(String text))) {
        throw wrong(key, "an array of text");
      }
      texts.add(text);
    }
    return texts;
  }

  Map<String, String> textMap(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    obj.obj(key)
        .orElseThrow(() -> wrong(key, "a map"))
        .entries()
        .forEach(
            (name, item) -> {
              if (!(item instanceof Value.Text(String text))) {
                throw wrong(key, "a map of text");
              }
              texts.put(name, text);
            });
    return texts;
  }

  Map<String, Value.Obj> objMap(String key) {
    Map<String, Value.Obj> maps = new LinkedHashMap<>();
    obj.obj(key)
        .orElseThrow(() -> wrong(key, "a map"))
        .entries()
        .forEach(
            (name, item) -> {
              if (!(item instanceof Value.Obj map)) {
                throw wrong(key, "a map of maps");
              }
              maps.put(name, map);
            });
    return maps;
  }

  private DataException wrong(String key, String expected) {
    return new DataException(what + ": " + key + " must be " + expected);
  }
}
