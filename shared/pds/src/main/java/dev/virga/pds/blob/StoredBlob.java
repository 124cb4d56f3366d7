package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import dev.virga.pds.store.Item;
import java.util.Optional;

/**
 * A blob of an account.
 *
 * @param type its MIME type
 * @param size in bytes
 * @param object the name of the object with its bytes
 * @param used whether a record refers to it, or did until a moment ago
 * @param takedown why moderation has hidden it
 */
public record StoredBlob(
    Cid cid, String type, long size, String object, boolean used, Optional<String> takedown) {
  /** The moderator's reference, on the blob's item. */
  static final String TAKEDOWN = "takedown";

  /** The name of the object, on the blob's item. */
  static final String OBJECT = "object";

  static StoredBlob from(Cid cid, Item item) {
    return new StoredBlob(
        cid,
        item.requireText("type"),
        item.requireNumber("size"),
        item.requireText(OBJECT),
        item.text("used").isPresent(),
        item.text(TAKEDOWN));
  }
}
