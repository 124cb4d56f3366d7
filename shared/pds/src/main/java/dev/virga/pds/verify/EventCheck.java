package dev.virga.pds.verify;

import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.Inversion;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.RepoOp;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.PackNote;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.LogEntry;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.verify.Finding.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks that every commit of an account has its event, in order, and what the event says. */
final class EventCheck {
  private static final CarReader.Limits LIMITS =
      new CarReader.Limits(CommitEvent.MAX_BLOCKS, 100_000, CommitEvent.MAX_BLOCKS);

  private final Did did;
  private final Head head;
  private final PackCheck packs;
  private final EventLog log;
  private final Stores stores;
  private final Findings findings;
  private final Instant now;
  private final Fingerprints told = new Fingerprints();
  private long lastSeq;

  /** The greatest number that is known to have been given. */
  private long given;

  private long events;

  private Instant logStart = Instant.EPOCH;

  /** When the first of the events that are here was put down. */
  private @Nullable Tid oldest;

  EventCheck(
      Did did,
      Head head,
      PackCheck packs,
      EventLog log,
      Stores stores,
      Findings findings,
      Instant now) {
    this.did = did;
    this.head = head;
    this.packs = packs;
    this.log = log;
    this.stores = stores;
    this.findings = findings;
    this.now = now;
  }

  /** Looks at all events that are still in the outbox. */
  void run() {
    logStart = Instant.EPOCH.plus(log.state().first(), ChronoUnit.MICROS);
    stores.each(did, Outbox.all(), this::check);
    findings.count(Tally.ofEvents(events));
  }

  /**
   * Demands that a commit of the chain had its event; to be called after {@link #run}.
   *
   * <p>What made the repository anew may have been kept to itself. And a log that was lost begins
   * anew, so that of what came before its first number nothing is told, unless something older of
   * the account still is.
   */
  void demand(PackCheck.Link link, Instant windowStart) {
    Instant at = Findings.instant(link.rev());
    boolean ofThisLog =
        at.isAfter(logStart) || (oldest != null && oldest.compareTo(link.rev()) < 0);
    boolean expected = !link.note().isWhole() && at.isAfter(windowStart) && ofThisLog;
    if (expected && !told.has(link.rev().toString())) {
      findings.damage(
          Code.EVENT_MISSING, Outbox.key(did, link.rev()), "the commit was told to nobody");
    }
  }

  private void check(Entry entry) {
    List<byte[]> encoded = Outbox.events(entry.item());
    try {
      Tid at = Outbox.tid(entry.key());
      oldest = oldest == null ? at : oldest;
      List<EventBody> bodies = encoded.stream().map(EventBody::decode).toList();
      if (bodies.isEmpty()) {
        findings.damage(Code.EVENT_WRONG, entry.key(), "tells nothing");
      }
      boolean ofCommit = false;
      for (EventBody body : bodies) {
        if (body instanceof CommitEvent event) {
          checkCommit(entry, at, event);
          ofCommit = true;
        } else if (body instanceof SyncEvent event && event.rev().equals(at)) {
          ofCommit = true;
        }
      }
      if (ofCommit) {
        told.add(at.toString());
      }
      checkNumber(entry, encoded, ofCommit);
      events += encoded.size();
    } catch (DataException | SyntaxException | IllegalStateException e) {
      findings.damage(Code.EVENT_WRONG, entry.key(), String.valueOf(e.getMessage()));
    }
  }

  private void checkNumber(Entry entry, List<byte[]> encoded, boolean ofCommit) {
    Item item = entry.item();
    Optional<Long> seq = item.number(Outbox.SEQ);
    if (seq.isEmpty()) {
      if (item.flag(Outbox.PENDING)) {
        findings.underWay(Code.EVENT_WAITING, Findings.name(entry.key()), "has no number yet");
      } else {
        findings.damage(Code.EVENT_WRONG, entry.key(), "neither waits nor has a number");
      }
      return;
    }
    if (seq.get() > given) {
      given = log.last();
    }
    if (seq.get() > given) {
      findings.damage(
          Code.LOG_WRONG, EventLog.STATE, "an event has number %d already".formatted(seq.get()));
      given = Long.MAX_VALUE; // said once
    }
    long first = seq.get() - encoded.size() + 1;
    if (ofCommit) {
      if (first <= lastSeq) {
        findings.damage(Code.EVENT_WRONG, entry.key(), "number " + first + " is out of order");
      }
      lastSeq = seq.get();
    }
    if (entry.expires() == null) {
      findings.damage(Code.EVENT_WRONG, entry.key(), "never expires");
    } else if (entry.expires().isAfter(now)) {
      checkLog(entry, encoded, first);
    }
  }

  private void checkLog(Entry entry, List<byte[]> encoded, long first) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < encoded.size(); i++) {
      keys.add(EventLog.key(first + i));
    }
    Map<Key, Item> log = stores.index().batchGet(keys);
    for (int i = 0; i < encoded.size(); i++) {
      Item found = log.get(keys.get(i));
      if (found == null) {
        findings.damage(Code.EVENT_WRONG, entry.key(), "is not in the log at " + (first + i));
        continue;
      }
      LogEntry logged = LogEntry.from(first + i, found);
      boolean same =
          logged.did().equals(did)
              && Arrays.equals(logged.event(), encoded.get(i))
              && Optional.ofNullable(logged.pack()).equals(entry.item().text("pack"));
      if (!same) {
        findings.damage(Code.EVENT_WRONG, entry.key(), "the log says else at " + (first + i));
      }
    }
  }

  private void checkCommit(Entry entry, Tid at, CommitEvent event) {
    String name = RepoKeys.pack(did, at);
    if (!event.rev().equals(at) || !entry.item().text("pack").equals(Optional.of(name))) {
      findings.damage(Code.EVENT_WRONG, entry.key(), "is of another revision than its place");
      return;
    }
    try {
      Optional<byte[]> pack = stores.objects().get(name);
      if (pack.isEmpty()) {
        findings.damage(Code.PACK_MISSING, name, "holds the blocks of an event");
      } else {
        checkCommit(entry, at, event, name, pack.get());
      }
    } catch (StoreException e) {
      findings.damage(Code.PACK_DAMAGED, name, String.valueOf(e.getMessage()));
    }
  }

  private void checkCommit(Entry entry, Tid at, CommitEvent event, String name, byte[] pack) {
    if (!packs.hasInChain(at)) {
      findings.damage(Code.EVENT_WRONG, entry.key(), "its commit is not in the chain");
      return;
    }
    Optional<PackNote> note = stores.objects().metadata(name).flatMap(PackNote::from);
    if (note.isEmpty()
        || !java.util.Objects.equals(note.get().since(), event.since())
        || !java.util.Objects.equals(note.get().prevData(), event.prevData())) {
      findings.damage(Code.EVENT_WRONG, entry.key(), "follows another commit than its pack");
    }
    if (at.equals(head.rev()) && !event.commit().equals(head.commit())) {
      findings.damage(Code.EVENT_WRONG, entry.key(), "is not the head's commit");
    }
    try {
      checkOperations(event, pack);
    } catch (IllegalArgumentException | IOException e) {
      findings.damage(Code.EVENT_WRONG, entry.key(), String.valueOf(e.getMessage()));
    } catch (MissingBlockException e) {
      findings.damage(Code.EVENT_WRONG, entry.key(), "its pack lacks " + e.cid());
    }
  }

  /** Does what every consumer of the firehose does. Source: atproto.com/specs/sync. */
  private static void checkOperations(CommitEvent event, byte[] pack) throws IOException {
    Map<Cid, byte[]> blocks;
    try (CarReader car = new CarReader(new ByteArrayInputStream(pack), LIMITS)) {
      blocks = car.readAll();
    }
    byte[] block = blocks.get(event.commit());
    if (block == null) {
      throw new MissingBlockException(event.commit());
    }
    Commit commit = Commit.decode(block);
    List<RepoOp> ops = new ArrayList<>();
    for (CommitEvent.Op op : event.ops()) {
      if (op.cid() != null && !blocks.containsKey(op.cid())) {
        throw new MissingBlockException(op.cid());
      }
      ops.add(operation(op));
    }
    if (event.prevData() != null) {
      Inversion.verify(commit.data(), BlockSource.of(blocks), ops, event.prevData());
    }
  }

  private static RepoOp operation(CommitEvent.Op op) {
    for (RepoOp.Action action : RepoOp.Action.values()) {
      if (action.text().equals(op.action())) {
        return new RepoOp(action, RepoPath.parse(op.path()), op.cid(), op.prev());
      }
    }
    throw new DataException("an operation that is none: " + op.action());
  }
}
