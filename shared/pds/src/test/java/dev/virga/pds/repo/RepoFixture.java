package dev.virga.pds.repo;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.account.KeySealing;
import dev.virga.pds.backup.AccountDumps;
import dev.virga.pds.backup.AccountSnapshots;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.sync.Sequencer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A repository on ports in memory, with a clock that ticks a millisecond at each look. */
public final class RepoFixture {
  public static final Did DID = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  public final MemoryIndex memory = new MemoryIndex();
  public final MemoryObjects objects = new MemoryObjects();
  public final PrivateKey key;
  public final EventLog log;
  public final Sequencer sequencer;
  public final Cleanup cleanup;
  public final Blobs blobs;
  final Index index;
  final RepoWriter writer;
  final Heads heads;
  final RepoReader reader;
  final RepoExport export;
  final TidClock tids;
  final Redo redo;
  final Ticker clock = new Ticker();

  /** Time passes only here. */
  static final class Ticker implements java.time.InstantSource {
    private Instant now = START;

    @Override
    public synchronized Instant instant() {
      now = now.plusMillis(1);
      return now;
    }

    synchronized void advance(Duration duration) {
      now = now.plus(duration);
    }
  }

  public RepoFixture() {
    this(index -> index);
  }

  /** With something between the repository and the store, to get in its way. */
  RepoFixture(java.util.function.UnaryOperator<Index> wrap) {
    index = wrap.apply(memory);
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 7);
    key = PrivateKey.fromBytes(Curve.K256, secret);
    tids = new TidClock(clock, 3);
    log = new EventLog(memory, clock, Duration.ofDays(3));
    sequencer = new Sequencer(memory, log, clock, last -> {});
    redo = new Redo(index, objects);
    heads = new Heads(index, redo);
    blobs = new Blobs(memory, objects, tids, did -> heads.fence(did, tids));
    cleanup = new Cleanup(memory, blobs, clock);
    BlockCache cache = new BlockCache(1 << 20);
    writer = newWriter(heads, cache, redo);
    reader = new RepoReader(index, objects, heads, cache);
    export = new RepoExport(index, objects, reader, Runnable::run);
    create();
  }

  /** A writer with nothing in memory, as in a fresh process. */
  RepoWriter freshWriter() {
    Redo redo = new Redo(index, objects);
    return newWriter(new Heads(index, redo), new BlockCache(1 << 20), redo);
  }

  /** A writer that remembers heads but no tree nodes. */
  RepoWriter writerWithoutCache() {
    Redo redo = new Redo(index, objects);
    return newWriter(new Heads(index, redo), new BlockCache(0), redo);
  }

  /** A writer of another process, on an Index that may let it down. */
  RepoWriter writerOn(Index other) {
    return writerOn(other, objects);
  }

  /** As above, on both ports. */
  RepoWriter writerOn(Index other, Objects otherObjects) {
    Redo redo = new Redo(other, otherObjects);
    CommitStore store = new CommitStore(other, otherObjects, redo, new Random(1));
    return new RepoWriter(
        other,
        otherObjects,
        new Heads(other, redo),
        new BlockCache(1 << 20),
        store,
        did -> key,
        tids,
        clock);
  }

  private RepoWriter newWriter(Heads someHeads, BlockCache cache, Redo redo) {
    CommitStore store = new CommitStore(index, objects, redo, new Random(1));
    return new RepoWriter(index, objects, someHeads, cache, store, did -> key, tids, clock);
  }

  private void create() {
    RepoGenesis genesis = writer.genesis(DID, key, RepoState.ACTIVE);
    List<Write> writes = new ArrayList<>(genesis.writes());
    writes.add(
        Outbox.put(
            DID,
            genesis.rev(),
            new Outbox.Content(genesis.events(), genesis.pack(), List.of(), List.of())));
    try {
      memory.transact(writes);
    } catch (ConditionFailedException e) {
      throw new AssertionError(e);
    }
  }

  /** The whole repository as it is exported now. */
  byte[] car() throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    export.write(DID, head(), null, car);
    return car.toByteArray();
  }

  Head head() {
    return heads.find(DID).orElseThrow();
  }

  /** The upkeep of a fresh process, on ports that may let it down. */
  Tidying tidying(Index otherIndex, Objects otherObjects) {
    Redo otherRedo = new Redo(otherIndex, otherObjects);
    Heads otherHeads = new Heads(otherIndex, otherRedo);
    RepoReader otherReader =
        new RepoReader(otherIndex, otherObjects, otherHeads, new BlockCache(1 << 20));
    return new Tidying(
        otherIndex,
        otherObjects,
        otherHeads,
        otherReader,
        new RepoExport(otherIndex, otherObjects, otherReader, Runnable::run),
        tids,
        clock,
        Path.of(System.getProperty("java.io.tmpdir")),
        Duration.ofDays(3));
  }

  Instant now() {
    return clock.instant();
  }

  /** The upkeep of this process. */
  public Tidying upkeep() {
    return tidying(memory, objects);
  }

  /** Of no accounts, since there are none. */
  public AccountSnapshots snapshots() {
    SecureRandom random = new SecureRandom();
    InviteCodes invites = new InviteCodes(memory, clock, random, "pds.test");
    return new AccountSnapshots(
        memory,
        objects,
        new AccountDumps(memory, invites, clock),
        new KeySealing(new byte[32], random),
        tids);
  }

  /** Leaves a head that nobody can read. */
  public void damageHead() {
    memory.batchPut(
        List.of(new Entry(RepoKeys.head(DID), Item.builder().text("etag", "?").build())));
  }

  Tidying.Done tidy() {
    return tidying(memory, objects).tidy(DID);
  }

  void advance(Duration duration) {
    clock.advance(duration);
  }

  /** Lets the change feed's listeners work off everything so far. */
  public void settle() throws Exception {
    memory.pump(
        batch -> {
          sequencer.accept(batch);
          cleanup.accept(batch);
        });
  }

  static RecordIntent.Prepared record(String text, BlobRef... blobs) {
    Value.Builder note = Value.Obj.builder().put("$type", "com.example.note").put("text", text);
    if (blobs.length > 0) {
      note.put("blobs", new Value.Array(Stream.of(blobs).<Value>map(BlobRef::toValue).toList()));
    }
    byte[] bytes = DagCbor.encode(note.build());
    return new RecordIntent.Prepared(bytes, Cid.ofDagCbor(bytes), List.of(blobs), null);
  }

  /** Writes a record whose block is too large for its item. */
  static RecordIntent large(String rkey, char of) {
    return new RecordIntent.Put(
        path(rkey), record(String.valueOf(of).repeat(6_000)), RecordIntent.Swap.ANY);
  }

  static RepoPath path(String rkey) {
    return RepoPath.parse("com.example.note/" + rkey);
  }

  public static RecordIntent creation(String rkey) {
    return new RecordIntent.Create(path(rkey), record("note " + rkey), true);
  }

  static RecordIntent deletion(String rkey) {
    return new RecordIntent.Delete(path(rkey), RecordIntent.Swap.ANY, true);
  }

  public WriteOutcome.Committed write(RecordIntent... intents) {
    return (WriteOutcome.Committed) writer.write(DID, List.of(intents), null);
  }
}
