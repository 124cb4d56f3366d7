package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Range;

/** Where the items of blobs are: the chapter {@code blob} of the layout. */
public final class BlobItems {
  private static final String BLOB = "blob#";
  private static final String REFERENCE = "blobref#";

  private BlobItems() {}

  /** A blob: type, size, object, and in {@code used} the last revision that referred to it. */
  public static Key blob(Did did, Cid cid) {
    return new Key(did.text(), BLOB + cid);
  }

  /** The head of the account's repository: an upload demands it, lest it outlive the account. */
  static Key head(Did did) {
    return new Key(did.text(), "head");
  }

  static Range blobs() {
    return Range.prefix(BLOB);
  }

  static Cid cidOf(Key blob) {
    return Cid.parse(blob.sort().substring(BLOB.length()));
  }

  /** Says that the record at a path refers to a blob, which may be missing after an import. */
  public static Key reference(Did did, Cid cid, String path) {
    return new Key(did.text(), REFERENCE + cid + "#" + path);
  }

  static Range references() {
    return Range.prefix(REFERENCE);
  }

  static Range references(Cid cid) {
    return Range.prefix(REFERENCE + cid + "#");
  }

  /** What a reference holds: the revision that made it. */
  public static Item since(Tid rev) {
    return Item.builder().text("rev", rev.toString()).build();
  }

  static Cid referencedCid(Key reference) {
    return Cid.parse(reference.sort().substring(REFERENCE.length(), REFERENCE.length() + 59));
  }

  static String referencingPath(Key reference) {
    return reference.sort().substring(REFERENCE.length() + 59 + 1);
  }
}
