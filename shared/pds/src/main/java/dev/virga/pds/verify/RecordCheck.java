package dev.virga.pds.verify;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.blob.BlobItems;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RecordTakedowns;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.repo.Stored;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.PackedCids;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.verify.Finding.Code;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the record items of a repository are those of its tree, no more and no less, and that
 * what is noted elsewhere of each is there. Takes the tree's records in order.
 */
final class RecordCheck implements TreeCheck.Records {
  private static final int PAGE = 500;

  private final Did did;
  private final Head head;
  private final Stores stores;
  private final Findings findings;
  private final Map<Key, Expected> expected = new LinkedHashMap<>();
  private final ArrayDeque<Entry> items = new ArrayDeque<>();
  private Range rest = RepoKeys.records();
  private boolean more = true;

  RecordCheck(Did did, Head head, Stores stores, Findings findings) {
    this.did = did;
    this.head = head;
    this.stores = stores;
    this.findings = findings;
  }

  /** Something that should be noted elsewhere, and what it is if it is not. */
  private record Expected(Code code, Finding.Severity severity, String otherwise) {}

  @Override
  public void record(String path, Cid cid) {
    Key key = RepoKeys.record(did, path);
    for (Entry item = peek(); item != null; item = peek()) {
      int order = item.key().sort().compareTo(key.sort());
      if (order > 0) {
        break;
      }
      items.remove();
      if (order == 0) {
        check(path, cid, item);
        return;
      }
      extra(item);
    }
    findings.damage(Code.RECORD_MISSING, key, "the tree has it as " + cid);
  }

  /** Called after the last record. */
  void end() {
    for (Entry item = peek(); item != null; item = peek()) {
      extra(items.remove());
    }
    settle();
  }

  private void extra(Entry item) {
    findings.damage(Code.RECORD_EXTRA, item.key(), "is not in the tree");
  }

  private @Nullable Entry peek() {
    while (items.isEmpty() && more) {
      Page page = stores.index().query(Query.forward(did.text(), rest, PAGE));
      items.addAll(page.entries());
      more = page.more();
      if (!items.isEmpty()) {
        rest = rest.after(items.getLast().key().sort());
      }
    }
    return items.peek();
  }

  private void check(String path, Cid cid, Entry entry) {
    Item item = entry.item();
    try {
      if (!Cid.fromBytes(item.requireBytes("cid")).equals(cid)) {
        findings.damage(Code.RECORD_WRONG, entry.key(), "the tree has it as " + cid);
        return;
      }
      if (entry.expires() != null) {
        findings.damage(Code.RECORD_WRONG, entry.key(), "expires " + entry.expires());
      }
      if (Tid.parse(item.requireText("rev")).compareTo(head.rev()) > 0) {
        findings.damage(Code.RECORD_WRONG, entry.key(), "is of a revision after the head's");
      }
      byte[] bytes = Stored.read(cid, item, stores.objects());
      if (cid.addresses(bytes)) {
        checkContent(path, cid, entry, bytes);
      } else {
        findings.damage(Code.RECORD_DAMAGED, entry.key(), "the bytes have another hash");
      }
    } catch (StoreException
        | DataException
        | SyntaxException
        | IllegalStateException
        | ArithmeticException e) {
      findings.damage(Code.RECORD_DAMAGED, entry.key(), String.valueOf(e.getMessage()));
    }
  }

  private void checkContent(String path, Cid cid, Entry entry, byte[] bytes) {
    Set<Cid> blobs = new HashSet<>();
    for (BlobRef blob : BlobRef.findAll(DagCbor.decodeObj(bytes))) {
      blobs.add(blob.cid());
    }
    if (!blobs.equals(blobs(entry.item()))) {
      findings.damage(Code.RECORD_WRONG, entry.key(), "notes other blobs than it has");
    }
    for (Cid blob : blobs) {
      expect(
          BlobItems.reference(did, blob, path),
          Code.BLOB_REFERENCE_WRONG,
          "the record refers to the blob");
    }
    RepoPath at = RepoPath.parse(path);
    expect(RepoKeys.place(did, cid, at), Code.PLACE_MISSING, "nothing leads to the record");
    entry
        .item()
        .text("unique")
        .ifPresent(
            claim ->
                expected.put(
                    RepoKeys.unique(did, claim),
                    new Expected(
                        Code.CLAIM_MISSING,
                        Finding.Severity.UNDER_WAY,
                        "nobody claims what the record is the only one of")));
    entry
        .item()
        .text(RecordTakedowns.TAKEDOWN)
        .ifPresent(
            ref ->
                expect(
                    RepoKeys.hidden(did, at),
                    Code.TAKEDOWN_WRONG,
                    "the record is hidden, and it is not noted"));
    if (expected.size() >= PAGE) {
      settle();
    }
  }

  private void expect(Key key, Code code, String otherwise) {
    expected.put(key, new Expected(code, Finding.Severity.DAMAGE, otherwise));
  }

  static Set<Cid> blobs(Item record) {
    return Set.copyOf(PackedCids.unpack(record, "blobs"));
  }

  /** Looks for what the records seen lately should have elsewhere. */
  private void settle() {
    Map<Key, Item> present = stores.index().batchGet(expected.keySet());
    expected.forEach(
        (key, note) -> {
          if (!present.containsKey(key)) {
            findings.add(note.code(), note.severity(), Findings.name(key), note.otherwise());
          }
        });
    expected.clear();
  }

  /** Looks for what is noted of records that are not there. */
  void checkNotes() {
    stores.eachPage(
        did.text(),
        RepoKeys.places(),
        page ->
            compare(
                page,
                note -> RepoKeys.record(did, RepoKeys.placePath(note.key())),
                (note, record) ->
                    record
                        .flatMap(item -> item.bytes("cid"))
                        .map(Cid::fromBytes)
                        .filter(RepoKeys.placeCid(note.key())::equals)
                        .isPresent(),
                note ->
                    findings.leftover(
                        Code.PLACE_ORPHANED,
                        note.key(),
                        new Tid(note.item().number("rev").orElse(0L)),
                        "no such record")));
    stores.eachPage(
        did.text(),
        RepoKeys.uniques(),
        page ->
            compare(
                page,
                note -> RepoKeys.record(did, note.item().requireText("path")),
                (note, record) ->
                    record
                        .flatMap(item -> item.text("unique"))
                        .filter(
                            claim -> RepoKeys.unique(did, claim).sort().equals(note.key().sort()))
                        .isPresent(),
                note ->
                    findings.damage(
                        Code.CLAIM_ORPHANED, note.key(), "the record does not claim it")));
    stores.eachPage(
        did.text(),
        BlobItems.references(),
        page ->
            compare(
                page,
                note -> RepoKeys.record(did, BlobItems.referencingPath(note.key())),
                (note, record) ->
                    record
                        .map(RecordCheck::blobs)
                        .filter(blobs -> blobs.contains(BlobItems.referencedCid(note.key())))
                        .isPresent(),
                note ->
                    findings.damage(
                        Code.BLOB_REFERENCE_WRONG, note.key(), "the record does not refer to it")));
    stores.eachPage(
        did.text(),
        RepoKeys.hidden(),
        page ->
            compare(
                page,
                note -> RepoKeys.record(did, RepoKeys.hiddenPath(note.key())),
                (note, record) ->
                    record.flatMap(item -> item.text(RecordTakedowns.TAKEDOWN)).isPresent(),
                note ->
                    findings.damage(Code.TAKEDOWN_WRONG, note.key(), "no record there is hidden")));
    stores.each(did, RepoKeys.allReplaced(), this::checkReplaced);
  }

  private void checkReplaced(Entry entry) {
    if (entry.expires() == null) {
      findings.damage(Code.REPLACED_KEPT, entry.key(), "never expires");
    }
    Cid cid = RepoKeys.replacedCid(entry.key());
    try {
      if (!cid.addresses(Stored.read(cid, entry.item(), stores.objects()))) {
        findings.damage(Code.RECORD_DAMAGED, entry.key(), "the bytes have another hash");
      }
    } catch (StoreException | IllegalStateException | ArithmeticException e) {
      findings.damage(Code.RECORD_DAMAGED, entry.key(), String.valueOf(e.getMessage()));
    }
  }

  private interface Notes {
    Key record(Entry note);
  }

  private interface Agreement {
    boolean of(Entry note, Optional<Item> record);
  }

  private void compare(List<Entry> page, Notes notes, Agreement agreement, Consumer<Entry> stray) {
    Map<Entry, Key> records = new LinkedHashMap<>();
    page.forEach(note -> records.put(note, notes.record(note)));
    Map<Key, Item> found = stores.index().batchGet(new HashSet<>(records.values()));
    records.forEach(
        (note, key) -> {
          if (!agreement.of(note, Optional.ofNullable(found.get(key)))) {
            stray.accept(note);
          }
        });
  }
}
