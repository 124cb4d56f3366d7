package dev.virga.pds.verify;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.verify.Finding.Code;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks that the blobs of an account are there, are what they should be, and are needed. */
final class BlobCheck {
  private static final List<String> FOLDERS = List.of("blobs/", "quarantine/");
  private static final int BUFFER = 1 << 16;

  private final Did did;
  private final Stores stores;
  private final Findings findings;
  private final Instant lastWrite;
  private final Fingerprints named = new Fingerprints();

  /**
   * @param lastWrite to the repository, which may have let go of blobs
   */
  BlobCheck(Did did, Stores stores, Findings findings, Instant lastWrite) {
    this.did = did;
    this.stores = stores;
    this.findings = findings;
    this.lastWrite = lastWrite;
  }

  void run() {
    stores.each(did, BlobItems.blobs(), this::check);
    stores.eachPage(did.text(), BlobItems.references(), this::checkReferences);
    for (String folder : FOLDERS) {
      stores.eachObject(folder + did + "/", this::checkObject);
    }
  }

  private void check(Entry entry) {
    Item item = entry.item();
    try {
      String object = item.requireText("object");
      named.add(object);
      checkHidden(entry);
      checkContent(entry, object, BlobItems.cidOf(entry.key()), item.requireNumber("size"));
      checkUse(entry, BlobItems.cidOf(entry.key()));
    } catch (StoreException | IllegalStateException | IllegalArgumentException e) {
      findings.damage(Code.BLOB_DAMAGED, entry.key(), String.valueOf(e.getMessage()));
    }
  }

  private void checkContent(Entry entry, String object, Cid cid, long size) {
    Optional<Objects.Opened> opened = stores.objects().open(object);
    if (opened.isEmpty()) {
      findings.damage(Code.BLOB_MISSING, entry.key(), "there is no object " + object);
      return;
    }
    try (Objects.Opened blob = opened.get()) {
      MessageDigest digest = sha256();
      long read = digest(blob.content(), digest);
      findings.count(Tally.ofBlobs(1, read));
      if (read != size) {
        damaged(entry, object, read + " bytes instead of " + size);
      } else if (!Cid.ofRawDigest(digest.digest()).equals(cid)) {
        damaged(entry, object, "the bytes have another hash");
      }
    } catch (IOException e) {
      damaged(entry, object, String.valueOf(e.getMessage()));
    }
  }

  private void damaged(Entry entry, String object, String how) {
    findings.damage(Code.BLOB_DAMAGED, entry.key(), object + ": " + how);
  }

  private static long digest(InputStream content, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
      digest.update(buffer, 0, read);
      total += read;
    }
    return total;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What a moderator hid is hidden, and noted where an item made anew finds it. */
  private void checkHidden(Entry entry) {
    boolean hidden = entry.item().text("takedown").isPresent();
    Key note = BlobItems.hidden(did, BlobItems.cidOf(entry.key()));
    if (hidden != stores.index().get(note).isPresent()) {
      findings.damage(
          Code.TAKEDOWN_WRONG,
          hidden ? note : entry.key(),
          hidden ? "the blob is hidden, and it is not noted" : "is noted as hidden, and is not");
    }
  }

  private void checkUse(Entry entry, Cid cid) {
    boolean referred =
        !stores
            .index()
            .query(Query.forward(did.text(), BlobItems.references(cid), 1))
            .entries()
            .isEmpty();
    if (referred || entry.item().text("takedown").isPresent()) {
      return;
    }
    Tid upload = Tid.parse(entry.item().requireText("upload"));
    if (stores.index().get(BlobItems.upload(upload, did, cid)).isEmpty()) {
      findings.leftover(
          Code.BLOB_FORGOTTEN, Findings.name(entry.key()), lastWrite, "nothing refers to it");
    }
  }

  private void checkReferences(List<Entry> page) {
    Map<Key, Key> blobs = new HashMap<>();
    page.forEach(
        entry -> blobs.put(BlobItems.blob(did, BlobItems.referencedCid(entry.key())), entry.key()));
    Map<Key, Item> present = stores.index().batchGet(blobs.keySet());
    blobs.forEach(
        (blob, reference) -> {
          if (!present.containsKey(blob)) {
            findings.underWay(
                Code.BLOB_AWAITED, Findings.name(reference), "the blob was not uploaded");
          }
        });
  }

  private void checkObject(Objects.Listed object) {
    if (!named.has(object.name())) {
      String tid = object.name().substring(object.name().lastIndexOf('/') + 1);
      Instant written = Tid.isValid(tid) ? Findings.instant(Tid.parse(tid)) : Instant.EPOCH;
      findings.leftover(Code.BLOB_ORPHANED, object.name(), written, "no item names it");
    }
  }
}
