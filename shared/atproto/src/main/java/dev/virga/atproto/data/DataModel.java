package dev.virga.atproto.data;

import java.util.List;

/**
 * The rules of the data model that are beyond its encodings, for records whose lexicon may be
 * unknown. Part of what every write to a repository must pass.
 *
 * <p>Source: atproto.com/specs/data-model.
 */
public final class DataModel {
  private DataModel() {}

  /**
   * Checks that a value is a map in which, at any depth, {@code $type} is a non-empty text, {@code
   * $link} and {@code $bytes} are not keys, and what claims to be a blob is well-formed.
   *
   * @return the map
   * @throws DataException naming the first rule that is broken
   */
  public static Value.Obj check(Value value) {
    if (value instanceof Value.Obj obj) {
      checkInside(obj, 0);
      return obj;
    }
    throw new DataException("a record must be an object");
  }

  private static void checkInside(Value value, int depth) {
    switch (value) {
      case Value.Array(List<Value> items) -> {
        DagCbor.checkDepth(depth);
        items.forEach(item -> checkInside(item, depth + 1));
      }
      case Value.Obj obj -> {
        DagCbor.checkDepth(depth);
        checkObj(obj);
        obj.entries().values().forEach(item -> checkInside(item, depth + 1));
      }
      default -> {}
    }
  }

  private static void checkObj(Value.Obj obj) {
    if (obj.has("$link") || obj.has("$bytes")) {
      throw new DataException("$link and $bytes are not names of fields");
    }
    if (obj.has("$type") && obj.text("$type").filter(type -> !type.isEmpty()).isEmpty()) {
      throw new DataException("$type must be a non-empty string");
    }
    if (BlobRef.isTyped(obj) && BlobRef.from(obj).isEmpty()) {
      throw new DataException("a blob must have ref, mimeType and size");
    }
  }
}
