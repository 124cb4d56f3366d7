package dev.virga.atproto.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record's reference to a blob: {@code {"$type": "blob", "ref": {"$link": …}, "mimeType": …,
 * "size": …}}.
 *
 * @param cid raw codec
 * @param mimeType as uploaded, not empty
 * @param size in bytes
 */
public record BlobRef(Cid cid, String mimeType, long size) {
  private static final String TYPE = "blob";

  public BlobRef {
    if (!cid.isRaw() || mimeType.isEmpty() || size < 0) {
      throw new DataException("not a blob reference");
    }
  }

  /** Whether a map claims to be a blob reference, well-formed or not. */
  public static boolean isTyped(Value.Obj obj) {
    return obj.entries().get("$type") instanceof Value.Text(String type) && type.equals(TYPE);
  }

  /** Reads a map; empty unless it is a well-formed blob reference. Other keys are ignored. */
  public static Optional<BlobRef> from(Value.Obj obj) {
    if (isTyped(obj)
        && obj.entries().get("ref") instanceof Value.Link(Cid cid)
        && obj.entries().get("mimeType") instanceof Value.Text(String mimeType)
        && obj.entries().get("size") instanceof Value.Int(long size)
        && cid.isRaw()
        && !mimeType.isEmpty()
        && size >= 0) {
      return Optional.of(new BlobRef(cid, mimeType, size));
    }
    return Optional.empty();
  }

  /** Every well-formed blob reference inside a value, in canonical order, repetitions kept. */
  public static List<BlobRef> findAll(Value value) {
    List<BlobRef> found = new ArrayList<>();
    collect(value, found);
    return List.copyOf(found);
  }

  private static void collect(Value value, List<BlobRef> found) {
    switch (value) {
      case Value.Array(List<Value> items) -> items.forEach(item -> collect(item, found));
      case Value.Obj obj -> {
        Optional<BlobRef> blob = from(obj);
        if (blob.isPresent()) {
          found.add(blob.get());
        } else {
          obj.entries().values().forEach(item -> collect(item, found));
        }
      }
      default -> {}
    }
  }

  public Value.Obj toValue() {
    return Value.Obj.builder()
        .put("$type", TYPE)
        .put("ref", cid)
        .put("mimeType", mimeType)
        .put("size", size)
        .build();
  }
}
