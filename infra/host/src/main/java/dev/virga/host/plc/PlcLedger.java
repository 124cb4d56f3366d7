package dev.virga.host.plc;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.identity.PlcLimits;
import dev.virga.atproto.identity.PlcLog;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The logs of all did:plc that a laptop's directory knows, kept in the Index.
 *
 * <p>Partition {@code plc#<did>}: {@code op#<number, 6 digits>} per operation, and {@code head}
 * with their count, which every addition makes its condition.
 */
public final class PlcLedger {
  /** Bounds what one DID costs to read and to judge. */
  private static final int MAX_OPERATIONS = 2_000;

  /** Beside the new operation and the head; more are never in force within 72 hours in earnest. */
  private static final int MAX_NULLIFIED = Write.MAX_PER_TRANSACTION - 2;

  private static final int ATTEMPTS = 10;
  private static final int PAGE = 500;

  private final Index index;
  private final InstantSource clock;

  public PlcLedger(Index index, InstantSource clock) {
    this.index = index;
    this.clock = clock;
  }

  /** The log of a DID, empty if it is not registered. */
  public PlcLog read(Did did) {
    List<PlcLog.Entry> entries = new ArrayList<>();
    String last = null;
    boolean more = true;
    while (more) {
      Range rest = Range.prefix("op#").after(last);
      Page page = index.query(Query.forward(partition(did), rest, PAGE));
      for (Entry entry : page.entries()) {
        entries.add(entry(entry.item()));
        last = entry.key().sort();
      }
      more = page.more();
    }
    return PlcLog.trusted(did, entries);
  }

  /** What is wrong with what is kept of a DID, if anything is kept and anything is wrong. */
  public Optional<String> problem(Did did) {
    try {
      List<PlcLog.Entry> kept = read(did).entries();
      long count = index.get(headKey(did)).map(head -> head.requireNumber("count")).orElse(0L);
      if (count != kept.size()) {
        return Optional.of("should have %d operations and has %d".formatted(count, kept.size()));
      }
      if (count > 0) {
        PlcLog.validate(did, kept);
      }
      return Optional.empty();
    } catch (IllegalArgumentException | IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Adds an operation to the log of a DID, the first one registers it.
   *
   * @throws dev.virga.atproto.identity.PlcException if the rules refuse it
   * @throws LedgerException if the log is full, or others add to it all the time
   */
  public void append(Did did, PlcOperation operation) {
    PlcLimits.check(operation);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      PlcLog before = read(did);
      if (before.entries().size() >= MAX_OPERATIONS) {
        throw new LedgerException("the log has " + MAX_OPERATIONS + " operations already");
      }
      if (write(before, before.append(operation, clock.instant()))) {
        return;
      }
    }
    throw new LedgerException("too many operations at once");
  }

  /** Writes what the later log has new or different; false if another addition came first. */
  private boolean write(PlcLog before, PlcLog after) {
    List<Write> writes = new ArrayList<>();
    int known = before.entries().size();
    for (int i = 0; i < after.entries().size(); i++) {
      PlcLog.Entry entry = after.entries().get(i);
      if (i >= known || !entry.equals(before.entries().get(i))) {
        writes.add(Write.put(operationKey(after.did(), i), item(entry)));
      }
    }
    if (writes.size() > MAX_NULLIFIED + 1) {
      throw new LedgerException("more than " + MAX_NULLIFIED + " operations to nullify");
    }
    Condition unchanged = known == 0 ? Condition.ABSENT : Condition.equal("count", known);
    Item head = Item.builder().number("count", after.entries().size()).build();
    writes.add(Write.put(headKey(after.did()), head, unchanged));
    try {
      index.transact(writes);
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  private static Item item(PlcLog.Entry entry) {
    return Item.builder()
        .bytes("operation", DagCbor.encode(entry.operation().toValue()))
        .text("cid", entry.cid().toString())
        .number("createdAt", entry.createdAt().toEpochMilli())
        .flag("nullified", entry.nullified())
        .build();
  }

  private static PlcLog.Entry entry(Item item) {
    return new PlcLog.Entry(
        PlcOperation.parse(DagCbor.decodeObj(item.requireBytes("operation"))),
        Cid.parse(item.requireText("cid")),
        Instant.ofEpochMilli(item.requireNumber("createdAt")),
        item.flag("nullified"));
  }

  private static Key headKey(Did did) {
    return new Key(partition(did), "head");
  }

  private static Key operationKey(Did did, int number) {
    return new Key(partition(did), String.format(Locale.ROOT, "op#%06d", number));
  }

  private static String partition(Did did) {
    return "plc#" + did.text();
  }

  /** A refusal that is not about the rules of did:plc. */
  public static final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LedgerException(String message) {
      super(message);
    }
  }
}
