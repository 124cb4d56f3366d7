package dev.virga.pds.blob;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The blobs of accounts: taking them in, finding them, and letting unused ones go. */
public final class Blobs {
  private static final int PAGE = 500;

  /** Rounds of lost races before a removal is left for later; a commit must win each. */
  private static final int MAX_ROUNDS = 20;

  /** In the metadata of objects. */
  static final String TYPE = "type";

  private final Index index;
  private final Objects objects;
  private final TidClock tids;
  private final Fence fence;

  /** Makes sure that nobody begins to refer to a blob while it is removed. */
  @FunctionalInterface
  public interface Fence {
    /**
     * A write that goes through only if no commit was made since this call, and after which no
     * commit can be made that was begun before: for the transaction of a removal. What was decided
     * on is carried out first. Empty if there is no repository.
     */
    Optional<Write> before(Did did);
  }

  /**
   * The blobs of a server.
   *
   * @param fence between removals and commits
   */
  public Blobs(Index index, Objects objects, TidClock tids, Fence fence) {
    this.index = index;
    this.objects = objects;
    this.tids = tids;
    this.fence = fence;
  }

  /** A blob that a record refers to. */
  public record Reference(Cid cid, String path) {}

  /**
   * Takes in a blob of any length. It stays temporary until a record refers to it.
   *
   * @param declaredType the type that the client says, used where the bytes do not tell
   * @throws IOException if the stream cannot be read; nothing is kept
   * @throws XrpcException 400 BlobTakendown if moderation has hidden these very bytes, 403
   *     AccountNotFound if the account is gone
   */
  public BlobRef upload(Did did, InputStream content, String declaredType) throws IOException {
    String object = "blobs/" + did + "/" + tids.next();
    BlobIntake intake = new BlobIntake(content, declaredType);
    long size = objects.putStream(object, intake.stream(), note(intake.type()));
    Cid cid = intake.cid();
    String type = intake.type();
    try {
      return admit(did, cid, type, size, object);
    } catch (XrpcException e) {
      objects.delete(object); // not if the store gave no answer: the item may be there
      throw e;
    }
  }

  /** Keeps the type with the bytes as well, in case that the Index is lost. */
  private static Objects.Metadata note(String type) {
    try {
      return new Objects.Metadata(Map.of(TYPE, type));
    } catch (IllegalArgumentException e) {
      return Objects.Metadata.NONE; // not a type that a header could say
    }
  }

  private BlobRef admit(Did did, Cid cid, String type, long size, String object) {
    Tid at = tids.next();
    Item blob =
        Item.builder()
            .text("type", type)
            .number("size", size)
            .text(StoredBlob.OBJECT, object)
            .text("upload", at.toString())
            .text("mark", at.toString())
            .text("used", referencedSince(did, cid))
            .build();
    Key key = BlobItems.blob(did, cid);
    Write note = Write.put(BlobItems.upload(at, did, cid), Item.EMPTY);
    while (true) {
      try {
        index.transact(
            Write.all(
                Write.put(key, blob, Condition.ABSENT),
                note,
                Write.check(BlobItems.head(did), Condition.PRESENT)));
        return new BlobRef(cid, type, size);
      } catch (ConditionFailedException e) {
        if (e.failedAt(BlobItems.head(did))) {
          throw new XrpcException(403, "AccountNotFound", "Account not found");
        }
        Optional<Item> present = index.get(key);
        if (present.isPresent() && renewed(did, cid, present.get(), at)) {
          objects.delete(object);
          return reuse(StoredBlob.from(cid, present.get()));
        }
      }
    }
  }

  private static BlobRef reuse(StoredBlob blob) {
    if (blob.takedown().isPresent()) {
      throw XrpcException.badRequest(
          "BlobTakendown", "Blob has been takendown, cannot re-upload: " + blob.cid());
    }
    return new BlobRef(blob.cid(), blob.type(), blob.size());
  }

  /** Gives an unused blob that is uploaded again its full time again; false if it changed. */
  private boolean renewed(Did did, Cid cid, Item present, Tid at) {
    boolean used = present.text("used").isPresent() && referencedSince(did, cid) != null;
    if (used || present.text(StoredBlob.TAKEDOWN).isPresent()) {
      return true;
    }
    Key key = BlobItems.blob(did, cid);
    Item renewal = Item.builder().text("upload", at.toString()).text("mark", at.toString()).build();
    Condition unchanged = Condition.equal("mark", present.requireText("mark"));
    Tid before = Tid.parse(present.requireText("upload"));
    try {
      index.transact(
          Write.all(
              Write.update(key, renewal, unchanged),
              Write.put(BlobItems.upload(at, did, cid), Item.EMPTY),
              Write.delete(BlobItems.upload(before, did, cid))));
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  /** The revision of a record that referred to a blob before it came, as after an import. */
  private @Nullable String referencedSince(Did did, Cid cid) {
    List<Entry> first =
        index.query(Query.forward(did.text(), BlobItems.references(cid), 1)).entries();
    return first.isEmpty() ? null : first.getFirst().item().requireText("rev");
  }

  /**
   * Puts the bytes of a blob where {@link BlobRebuild} finds them.
   *
   * @param type its MIME type, or empty if that is not known
   * @param hidden whether moderation has hidden it
   */
  public static void store(
      Did did, Tid name, InputStream content, String type, boolean hidden, Objects objects)
      throws IOException {
    String prefix = hidden ? Quarantine.CLOSED : Quarantine.OPEN;
    objects.putStream(prefix + did + "/" + name, content, note(type));
  }

  /**
   * All blobs of an account, hidden ones and unused ones too, in order of CIDs.
   *
   * @param after the last CID of the page before; null to begin
   */
  public List<StoredBlob> stored(Did did, @Nullable Cid after, int limit) {
    List<StoredBlob> blobs = new ArrayList<>();
    @Nullable String reached = after == null ? null : BlobItems.blob(did, after).sort();
    Page page;
    do {
      Range rest = BlobItems.blobs().after(reached);
      page = index.query(Query.forward(did.text(), rest, limit - blobs.size()));
      for (Entry entry : page.entries()) {
        reached = entry.key().sort();
        blobs.add(StoredBlob.from(BlobItems.cidOf(entry.key()), entry.item()));
      }
    } while (page.more() && blobs.size() < limit);
    return blobs;
  }

  public Optional<StoredBlob> find(Did did, Cid cid) {
    return index.get(BlobItems.blob(did, cid)).map(item -> StoredBlob.from(cid, item));
  }

  /** The bytes of a blob. Close it. */
  public Optional<Objects.Opened> open(StoredBlob blob) {
    return objects.open(blob.object());
  }

  /**
   * CIDs of blobs that records refer to, in order.
   *
   * @param since only those referred to by records written after this revision; null for all
   * @param cursor the last CID of the page before; null to begin
   */
  public List<Cid> list(Did did, @Nullable Tid since, @Nullable Cid cursor, int limit) {
    List<Cid> cids = new ArrayList<>();
    eachReference(
        did,
        cursor,
        (reference, rev) -> {
          boolean wanted = since == null || rev.compareTo(since) > 0;
          if (wanted && (cids.isEmpty() || !cids.getLast().equals(reference.cid()))) {
            cids.add(reference.cid());
          }
          return cids.size() < limit;
        });
    return cids;
  }

  /**
   * References to blobs that are not here, one for each blob, in order of CIDs.
   *
   * @param cursor the last CID of the page before; null to begin
   */
  public List<Reference> missing(Did did, @Nullable Cid cursor, int limit) {
    List<Reference> missing = new ArrayList<>();
    Map<Cid, Reference> batch = new LinkedHashMap<>();
    eachReference(
        did,
        cursor,
        (reference, rev) -> {
          if (missing.isEmpty() || !missing.getLast().cid().equals(reference.cid())) {
            batch.putIfAbsent(reference.cid(), reference);
          }
          if (batch.size() == PAGE) {
            missing.addAll(absent(did, batch));
            batch.clear();
          }
          return missing.size() < limit;
        });
    missing.addAll(absent(did, batch));
    return missing.subList(0, Math.min(limit, missing.size()));
  }

  private List<Reference> absent(Did did, Map<Cid, Reference> references) {
    if (references.isEmpty()) {
      return List.of();
    }
    List<Key> keys = references.keySet().stream().map(cid -> BlobItems.blob(did, cid)).toList();
    Map<Key, Item> present = index.batchGet(keys);
    return references.values().stream()
        .filter(reference -> !present.containsKey(BlobItems.blob(did, reference.cid())))
        .toList();
  }

  /** How many different blobs records refer to, and how many of these are here. */
  public Counts count(Did did) {
    Map<Cid, Boolean> expected = new LinkedHashMap<>();
    eachReference(
        did,
        null,
        (reference, rev) -> {
          expected.put(reference.cid(), true);
          return true;
        });
    List<Reference> missing = missing(did, null, Integer.MAX_VALUE);
    return new Counts(expected.size(), expected.size() - missing.size());
  }

  /** Blobs referred to, and those of them that were uploaded. */
  public record Counts(int expected, int imported) {}

  /** Takes a reference and the revision that made it; says whether to go on. */
  private interface ReferenceVisitor {
    boolean visit(Reference reference, Tid rev);
  }

  private void eachReference(Did did, @Nullable Cid after, ReferenceVisitor visitor) {
    // "$" follows "#" in ASCII: the first key beyond the references to a CID.
    @Nullable String reached =
        after == null ? null : BlobItems.reference(did, after, "").sort().replaceAll("#$", "\\$");
    Page page;
    do {
      page = index.query(Query.forward(did.text(), BlobItems.references().after(reached), PAGE));
      for (Entry entry : page.entries()) {
        reached = entry.key().sort();
        Reference reference =
            new Reference(
                BlobItems.referencedCid(entry.key()), BlobItems.referencingPath(entry.key()));
        if (!visitor.visit(reference, Tid.parse(entry.item().requireText("rev")))) {
          return;
        }
      }
    } while (page.more());
  }

  /**
   * Removes those of some blobs that no record refers to any more.
   *
   * <p>Safe against records that begin to refer to one meanwhile: a large commit may have looked at
   * its blobs long before it writes its references, so the removal makes it start over. And safe
   * against another upload: that marks the blob, and the removal demands the mark to be as it was.
   * One that moderation has hidden stays, or its owner could upload it again.
   *
   * @param released since when none does; one that was uploaded again since stays, as after its
   *     first upload
   */
  public void removeUnused(Did did, List<Cid> cids, Tid released) {
    for (Cid cid : cids) {
      int round = 0;
      while (!tryRemoveUnused(did, cid, released)) {
        if (++round == MAX_ROUNDS) {
          throw new StoreException("the repository of " + did + " is written too often");
        }
      }
    }
  }

  /** Removes a blob if it is there and unused; false if something happened meanwhile. */
  private boolean tryRemoveUnused(Did did, Cid cid, Tid released) {
    Key key = BlobItems.blob(did, cid);
    Optional<Item> blob = index.get(key);
    if (blob.isEmpty()
        || blob.get().text(StoredBlob.TAKEDOWN).isPresent()
        || Tid.parse(blob.get().requireText("upload")).compareTo(released) > 0
        || referencedSince(did, cid) != null) {
      return true;
    }
    Optional<Write> before = fence.before(did);
    return before.isEmpty()
        || referencedSince(did, cid) != null
        || remove(key, blob.get(), before.get());
  }

  private boolean remove(Key key, Item blob, Write before) {
    Condition unchanged = Condition.equal("mark", blob.requireText("mark"));
    Key note =
        BlobItems.upload(
            Tid.parse(blob.requireText("upload")),
            Did.parse(key.partition()),
            BlobItems.cidOf(key));
    try {
      index.transact(Write.all(before, Write.delete(key, unchanged), Write.delete(note)));
    } catch (ConditionFailedException e) {
      return false;
    }
    objects.delete(blob.requireText(StoredBlob.OBJECT));
    return true;
  }

  /**
   * Removes uploads of before a time that no record has come to refer to.
   *
   * <p>Goes through the notes of all uploads until then, and forgets them.
   */
  public void sweep(Instant before) {
    Range old = new Range("", Tid.of(before.toEpochMilli() * 1_000, 0).toString());
    Page page;
    do {
      page = index.query(Query.forward(BlobItems.UPLOADS, old, PAGE));
      for (Entry note : page.entries()) {
        String[] parts = note.key().sort().split("::", 3);
        removeUnused(Did.parse(parts[2]), List.of(Cid.parse(parts[1])), Tid.parse(parts[0]));
      }
      index.batchDelete(page.entries().stream().map(Entry::key).toList());
    } while (page.more());
  }
}
