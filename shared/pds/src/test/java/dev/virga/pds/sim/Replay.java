package dev.virga.pds.sim;

import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstEntry;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.IdentityEvent;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.sync.LogEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A consumer of the firehose that has seen all of it, and what it makes of each repository. */
final class Replay {
  private static final CarReader.Limits LIMITS =
      new CarReader.Limits(2_000_000, 1_000_000, 1L << 30);

  /** What is known of one account. */
  static final class Known {
    final Map<String, Cid> records = new TreeMap<>();
    @Nullable Tid rev;
    @Nullable Cid root;
    @Nullable Handle handle;
    boolean active;
  }

  private final MemoryObjects objects;
  final Map<Did, Known> accounts = new HashMap<>();

  /** Every commit seen, by account and revision, with its operations. */
  final Map<String, List<CommitEvent.Op>> commits = new HashMap<>();

  final List<String> complaints = new ArrayList<>();

  Replay(World world, Server reader) {
    this.objects = world.objects;
    long position = 0;
    List<LogEntry> page;
    do {
      page = reader.log.after(position, reader.log.last(), 1_000);
      for (LogEntry entry : page) {
        if (entry.seq() <= position) {
          complaints.add("number " + entry.seq() + " after " + position);
        }
        position = entry.seq();
        take(entry);
      }
    } while (!page.isEmpty());
  }

  private void take(LogEntry entry) {
    Known known = accounts.computeIfAbsent(entry.did(), did -> new Known());
    switch (EventBody.decode(entry.event())) {
      case CommitEvent commit -> commit(entry, commit, known);
      case SyncEvent sync -> sync(sync, known);
      case AccountEvent account -> {
        known.active = account.active();
        if (AccountEvent.DELETED.equals(account.status())) {
          accounts.remove(entry.did());
        }
      }
      case IdentityEvent identity -> known.handle = identity.handle();
    }
  }

  private void commit(LogEntry entry, CommitEvent event, Known known) {
    String where = event.did() + " " + event.rev();
    if (!Objects.equals(event.since(), known.rev)
        || !Objects.equals(event.prevData(), known.root)) {
      complaints.add(where + " follows " + event.since() + ", not " + known.rev);
    }
    if (commits.put(where, event.ops()) != null) {
      complaints.add(where + " came twice");
    }
    Map<Cid, byte[]> blocks = blocks(Objects.requireNonNull(entry.pack()));
    for (CommitEvent.Op op : event.ops()) {
      Cid before = known.records.get(op.path());
      if (!Objects.equals(before, op.prev())) {
        complaints.add(where + " replaces " + op.prev() + " at " + op.path() + ", not " + before);
      }
      if (op.cid() == null) {
        known.records.remove(op.path());
      } else {
        known.records.put(op.path(), op.cid());
        if (!blocks.containsKey(op.cid())) {
          complaints.add(where + " lacks the record " + op.path());
        }
      }
    }
    byte[] commit = blocks.get(event.commit());
    if (commit == null) {
      complaints.add(where + " lacks its commit");
      return;
    }
    known.rev = event.rev();
    known.root = Commit.decode(commit).data();
    Cid expected =
        Mst.build(
                known.records.entrySet().stream()
                    .map(record -> new MstEntry(record.getKey(), record.getValue()))
                    .iterator())
            .root();
    if (!expected.equals(known.root)) {
      complaints.add(where + " has another tree than its operations make");
    }
  }

  /** Fetches the repository again if this is not the commit that is known. */
  private void sync(SyncEvent event, Known known) {
    if (event.rev().equals(known.rev)) {
      return;
    }
    Map<Cid, byte[]> blocks = blocks(RepoKeys.pack(event.did(), event.rev()));
    known.records.clear();
    known.rev = event.rev();
    for (byte[] block : blocks.values()) {
      try {
        Commit commit = Commit.decode(block);
        known.root = commit.data();
        Mst.load(commit.data(), BlockSource.of(blocks)).forEach(known.records::put);
        return;
      } catch (IllegalArgumentException e) {
        // not the commit
      }
    }
    complaints.add(event.did() + " " + event.rev() + ": nothing to sync from");
  }

  private Map<Cid, byte[]> blocks(String pack) {
    byte[] bytes = objects.get(pack).orElse(null);
    if (bytes == null) {
      complaints.add("there is no " + pack);
      return Map.of();
    }
    try (CarReader car = new CarReader(new ByteArrayInputStream(bytes), LIMITS)) {
      return car.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
