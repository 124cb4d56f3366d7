package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Range;
import java.util.Optional;

/** Where the items of blobs are: the chapter {@code blob} of the layout. */
public final class BlobItems {
  private static final String BLOB = "blob#";
  private static final String REFERENCE = "blobref#";

  private BlobItems() {}

  /** The partition of uploads that nothing may ever refer to, in order of time. */
  public static final String UPLOADS = "uploads";

  /**
   * A blob: type, size, object; in {@code used} the last revision that referred to it; and in
   * {@code mark} that revision or the upload, whichever was later, so that whoever removes it can
   * demand that nothing happened to it meanwhile.
   */
  public static Key blob(Did did, Cid cid) {
    return new Key(did.text(), BLOB + cid);
  }

  /** That a moderator has hidden a blob, once more, for when its item is made anew. */
  public static Key hidden(Did did, Cid cid) {
    return new Key(did.text(), "hidden#blob#" + cid);
  }

  /** The head of the account's repository: an upload demands it, lest it outlive the account. */
  static Key head(Did did) {
    return new Key(did.text(), "head");
  }

  /** What a record that refers to a blob changes of it. */
  public static Item inUse(Tid rev) {
    return Item.builder().text("used", rev.toString()).text("mark", rev.toString()).build();
  }

  /** The note that a blob was uploaded, to be looked at again when it is old. */
  public static Key upload(Tid at, Did did, Cid cid) {
    return new Key(UPLOADS, at + "::" + cid + "::" + did);
  }

  /** The note about a blob, if the entry is one that may have it; for whoever removes all. */
  public static Optional<Key> upload(Did did, Entry entry) {
    return entry.key().sort().startsWith(BLOB)
        ? entry.item().text("upload").map(at -> upload(Tid.parse(at), did, cidOf(entry.key())))
        : Optional.empty();
  }

  public static Range blobs() {
    return Range.prefix(BLOB);
  }

  public static Cid cidOf(Key blob) {
    return Cid.parse(blob.sort().substring(BLOB.length()));
  }

  /** Says that the record at a path refers to a blob, which may be missing after an import. */
  public static Key reference(Did did, Cid cid, String path) {
    return new Key(did.text(), REFERENCE + cid + "#" + path);
  }

  public static Range references() {
    return Range.prefix(REFERENCE);
  }

  public static Range references(Cid cid) {
    return Range.prefix(REFERENCE + cid + "#");
  }

  /** What a reference holds: the revision that made it. */
  public static Item since(Tid rev) {
    return Item.builder().text("rev", rev.toString()).build();
  }

  public static Cid referencedCid(Key reference) {
    return Cid.parse(reference.sort().substring(REFERENCE.length(), REFERENCE.length() + 59));
  }

  public static String referencingPath(Key reference) {
    return reference.sort().substring(REFERENCE.length() + 59 + 1);
  }
}
