package dev.virga.pds.blob;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the items of an account's blobs anew from the objects, each of which is read to learn its
 * CID; after the repository's own items, since references say which blobs are in use.
 *
 * <p>For an operator, while no server runs on the same stores. Can be cut short and done again.
 */
public final class BlobRebuild {
  private static final int PAGE = 500;

  /** The reference of a takedown that nothing tells any more. */
  private static final String UNKNOWN = "unknown";

  private final Index index;
  private final Objects objects;
  private final TidClock tids;

  public BlobRebuild(Index index, Objects objects, TidClock tids) {
    this.index = index;
    this.objects = objects;
    this.tids = tids;
  }

  /**
   * What came of it.
   *
   * @param blobs how many there are
   * @param findings what is damaged, in words
   */
  public record Outcome(long blobs, List<String> findings) {
    public Outcome {
      findings = List.copyOf(findings);
    }
  }

  /** Rebuilds the items of an account's blobs. */
  public Outcome rebuild(Did did) throws IOException {
    clear(did);
    List<String> findings = new ArrayList<>();
    Set<Cid> found = new HashSet<>();
    for (String prefix : List.of(Quarantine.CLOSED, Quarantine.OPEN)) {
      @Nullable String after = null;
      do {
        Objects.Listing listing = objects.list(prefix + did + "/", after);
        for (Objects.Listed listed : listing.objects()) {
          try {
            admit(did, listed.name(), found);
          } catch (StoreException | IOException e) {
            findings.add("blob " + listed.name() + " cannot be read: " + e.getMessage());
          }
        }
        after = listing.next();
      } while (after != null);
    }
    return new Outcome(found.size(), findings);
  }

  private void clear(Did did) {
    Range rest = BlobItems.blobs();
    Page page;
    do {
      page = index.query(Query.forward(did.text(), rest, PAGE));
      List<Key> keys = new ArrayList<>();
      for (Entry entry : page.entries()) {
        keys.add(entry.key());
        BlobItems.upload(did, entry).ifPresent(keys::add);
        rest = rest.after(entry.key().sort());
      }
      index.batchDelete(keys);
    } while (page.more());
  }

  private void admit(Did did, String object, Set<Cid> found) throws IOException {
    try (Objects.Opened opened = objects.open(object).orElseThrow()) {
      String declared = opened.metadata().entries().getOrDefault(Blobs.TYPE, "");
      BlobIntake intake = new BlobIntake(opened.content(), declared);
      long size = intake.stream().transferTo(OutputStream.nullOutputStream());
      Cid cid = intake.cid();
      if (found.add(cid)) {
        // What was declared at the upload is what records had to say, whatever we see in it now.
        String type = declared.isEmpty() ? intake.type() : declared;
        put(did, cid, object, size, type);
      }
    }
  }

  private void put(Did did, Cid cid, String object, long size, String type) {
    Tid at = tids.next();
    Optional<String> used = referencedSince(did, cid);
    boolean hidden = object.startsWith(Quarantine.CLOSED);
    Item item =
        Item.builder()
            .text("type", type)
            .number("size", size)
            .text(StoredBlob.OBJECT, object)
            .text("upload", at.toString())
            .text("mark", at.toString())
            .text("used", used)
            .text(StoredBlob.TAKEDOWN, hidden ? reference(did, cid) : null)
            .build();
    index.batchPut(
        List.of(
            new Entry(BlobItems.blob(did, cid), item),
            new Entry(BlobItems.upload(at, did, cid), Item.EMPTY)));
  }

  private String reference(Did did, Cid cid) {
    return index.get(BlobItems.hidden(did, cid)).flatMap(item -> item.text("ref")).orElse(UNKNOWN);
  }

  private Optional<String> referencedSince(Did did, Cid cid) {
    return index.query(Query.forward(did.text(), BlobItems.references(cid), 1)).entries().stream()
        .findFirst()
        .map(entry -> entry.item().requireText("rev"));
  }
}
