package dev.virga.pds.jetstream;

import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.LogEntry;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.sync.Sequencer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Accounts that do things, and the log of it, with a clock that stands still by itself. */
final class JetstreamFixture {
  static final Did ALICE = Did.parse("did:web:alice.example.com");
  static final Did BOB = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final MemoryIndex index = new MemoryIndex();
  final MemoryObjects objects = new MemoryObjects();
  final AtomicLong millis = new AtomicLong(START.toEpochMilli());
  final EventLog log = new EventLog(index, this::now, Duration.ofDays(3));
  final AtomicLong nextTid = new AtomicLong(1_000_000);

  Instant now() {
    return Instant.ofEpochMilli(millis.get());
  }

  void pass(Duration duration) {
    millis.addAndGet(duration.toMillis());
  }

  private final Sequencer sequencer = new Sequencer(index, log, this::now, last -> {});

  /** One operation on a record; no value for a deletion. */
  record Doing(String action, String path, Value.Obj value) {
    static Doing create(String path, String text) {
      Value.Obj value = Value.Obj.builder().put("$type", "com.example.note").put("t", text).build();
      return new Doing("create", path, value);
    }

    static Doing delete(String path) {
      return new Doing("delete", path, Value.Obj.EMPTY);
    }
  }

  static CommitEvent commit(Did did, Tid rev, Doing... doings) {
    Map<Cid, byte[]> blocks = new LinkedHashMap<>();
    List<CommitEvent.Op> ops = new ArrayList<>();
    Cid root = Cid.ofDagCbor(DagCbor.encode(Value.of("the commit")));
    for (Doing doing : doings) {
      if (doing.action().equals("delete")) {
        ops.add(new CommitEvent.Op("delete", doing.path(), null, root));
      } else {
        byte[] block = DagCbor.encode(doing.value());
        blocks.put(Cid.ofDagCbor(block), block);
        ops.add(new CommitEvent.Op(doing.action(), doing.path(), Cid.ofDagCbor(block), null));
      }
    }
    return new CommitEvent(did, rev, null, root, car(root, blocks), ops, null);
  }

  private static byte[] car(Cid root, Map<Cid, byte[]> blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CarWriter car = new CarWriter(out, List.of(root));
      for (Map.Entry<Cid, byte[]> block : blocks.entrySet()) {
        car.write(block.getKey(), block.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A commit that has its number; gives that. */
  long write(Did did, Doing... doings) {
    Tid rev = Tid.of(nextTid.getAndIncrement(), 1);
    CommitEvent event = commit(did, rev, doings);
    String pack = "repos/" + did + "/" + rev + ".car";
    objects.putIfAbsent(pack, event.blocks(), Objects.Metadata.NONE);
    return put(did, rev, event.withBlocks(new byte[0]), pack);
  }

  /** An account event that has its number; gives that. */
  long activate(Did did) {
    return put(did, Tid.of(nextTid.getAndIncrement(), 1), AccountEvent.active(did), null);
  }

  private long put(
      Did did, Tid at, EventBody event, @org.jspecify.annotations.Nullable String pack) {
    try {
      Outbox.Content content = new Outbox.Content(List.of(event), pack, List.of(), List.of());
      index.transact(List.of(Outbox.put(did, at, content)));
      index.pump(sequencer);
    } catch (ConditionFailedException e) {
      throw new IllegalStateException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return log.last();
  }

  /** The events of the whole log that pass a filter, from a number on. */
  List<String> expected(Filter filter, long from) {
    List<String> events = new ArrayList<>();
    for (LogEntry entry : log.after(from - 1, log.last(), 1_000)) {
      for (JetstreamEvent event : EntryEvents.of(entry, objects).wantedBy(filter)) {
        events.add(text(event.json()));
      }
    }
    return events;
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static Value.Obj json(String text) {
    return (Value.Obj) DataJson.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  static OptionalLong timeOf(String event) {
    return json(event).integer("time_us");
  }
}
