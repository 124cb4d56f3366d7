package dev.virga.pds.moderation;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.account.AccountDeletion;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountSearch;
import dev.virga.pds.account.EmailChanges;
import dev.virga.pds.actor.Preferences;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.blob.Quarantine;
import dev.virga.pds.repo.BlockCache;
import dev.virga.pds.repo.Cleanup;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.RecordTakedowns;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Sequencer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Accounts with records and blobs, and everything that moderates them, on ports in memory. */
public final class ModerationFixture {
  public final AccountFixture pds;
  public final Blobs blobs;
  public final RepoReader reader;
  public final EventLog log;
  public final Sequencer sequencer;
  public final Cleanup cleanup;
  public final AccountDeletion deletion;
  public final RecordTakedowns records;
  public final Quarantine quarantine;
  public final Decisions decisions;
  public final Preferences preferences;
  public final EmailChanges emails;
  public final AccountSearch search;

  public ModerationFixture() {
    this(new AccountFixture());
  }

  public ModerationFixture(AccountFixture pds) {
    this.pds = pds;
    TidClock tids = new TidClock(pds.clock, 7);
    blobs = new Blobs(pds.index, pds.objects, tids, did -> pds.heads.fence(did, tids));
    reader = new RepoReader(pds.index, pds.objects, pds.heads, new BlockCache(1 << 20));
    log = new EventLog(pds.index, pds.clock, Duration.ofDays(3));
    sequencer =
        new Sequencer(
            pds.memory,
            new EventLog(pds.memory, pds.clock, Duration.ofDays(3)),
            pds.clock,
            last -> {});
    cleanup = new Cleanup(pds.memory, blobs, pds.clock);
    deletion =
        new AccountDeletion(
            pds.index,
            pds.objects,
            pds.accounts,
            pds.heads,
            pds.keys,
            pds.invites,
            pds.mailTokens,
            log,
            pds.dids,
            tids);
    records = new RecordTakedowns(pds.index, pds.heads, tids);
    quarantine = new Quarantine(pds.index, pds.objects, blobs, tids);
    decisions = new Decisions(pds.accounts, pds.changes, records, blobs, quarantine, pds.clock);
    preferences = new Preferences(pds.index, pds.clock);
    emails = new EmailChanges(pds.index, pds.changes);
    search = new AccountSearch(pds.index, pds.accounts);
  }

  /** Lets the change feed's listeners work off everything so far. */
  public void settle() {
    try {
      pds.memory.pump(
          batch -> {
            sequencer.accept(batch);
            cleanup.accept(batch);
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Uploads a text. */
  public BlobRef upload(Did did, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      return blobs.upload(did, new ByteArrayInputStream(bytes), "text/plain");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static RepoPath path(String rkey) {
    return RepoPath.parse("com.example.note/" + rkey);
  }

  public static RecordIntent.Prepared note(String text, BlobRef... blobs) {
    Value.Builder note = Value.Obj.builder().put("$type", "com.example.note").put("text", text);
    if (blobs.length > 0) {
      note.put("blobs", new Value.Array(Stream.of(blobs).<Value>map(BlobRef::toValue).toList()));
    }
    byte[] bytes = DagCbor.encode(note.build());
    return new RecordIntent.Prepared(bytes, Cid.ofDagCbor(bytes), List.of(blobs), null);
  }

  /** Writes a new record. */
  public void write(Did did, String rkey, String text, BlobRef... blobs) {
    commit(did, new RecordIntent.Create(path(rkey), note(text, blobs), true));
  }

  /** Removes a record. */
  public void remove(Did did, String rkey) {
    commit(did, new RecordIntent.Delete(path(rkey), RecordIntent.Swap.ANY, true));
  }

  public void commit(Did did, RecordIntent... intents) {
    pds.writer.write(did, List.of(intents), null);
  }
}
