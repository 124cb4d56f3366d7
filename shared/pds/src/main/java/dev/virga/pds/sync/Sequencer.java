package dev.virga.pds.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the events of the outbox and puts them into the log, each exactly once and those of an
 * account in their order.
 *
 * <p>Listens to the change feed, which repeats itself, may be read by several at once and passes
 * over a batch that failed too often. So each transaction advances the last number on condition
 * that nobody else did, and stamps the outbox items on condition that they have no stamp; and an
 * item gets its stamp only after all those before it of its account. Where the store can take it
 * along, it joins the transaction that fills the outbox, and the feed brings only what it had to
 * leave out.
 */
public final class Sequencer implements Changes.Listener, Changes.Companion {
  /** Two events of an item and its stamp at least must fit beside the state. */
  private static final int MAX_WRITES = Write.MAX_PER_TRANSACTION - 1;

  /** Of the items of a transaction, each of which counts twice: as it is, and in the log. */
  private static final int MAX_BYTES = Write.Limits.EVERYWHERE.bytes() / 2 - 100_000;

  /** A batch that loses so often is given back to the feed, which delivers it again. */
  private static final int MAX_ATTEMPTS = 20;

  private final Index index;
  private final EventLog log;
  private final InstantSource clock;
  private final LongConsumer advanced;

  /** Held from a joining to its outcome; guards the states. */
  private final ReentrantLock lock = new ReentrantLock();

  private EventLog.@Nullable State state;
  private EventLog.@Nullable State joining;

  /**
   * @param advanced told the last number whenever it grew, or had grown before and nobody may have
   *     been told
   */
  public Sequencer(Index index, EventLog log, InstantSource clock, LongConsumer advanced) {
    this.index = index;
    this.log = log;
    this.clock = clock;
    this.advanced = advanced;
  }

  @Override
  public void accept(List<Change> batch) throws ConditionFailedException {
    Map<Key, Item> waiting = waiting(batch);
    if (waiting.isEmpty()) {
      return;
    }
    AccountOrder order = new AccountOrder(waiting);
    lock.lock();
    try {
      for (Key first : order.firstOfEachAccount()) {
        catchUp(first.partition(), Outbox.all().before(first.sort()));
      }
      sequenceAll(order.items());
    } finally {
      lock.unlock();
    }
  }

  /** Numbers the items of an account that wait at the end of a range, the oldest first. */
  private void catchUp(String did, Range range) throws ConditionFailedException {
    Map<Key, Item> backlog = Backlog.oldest(index, did, range);
    while (!backlog.isEmpty()) {
      sequenceAll(backlog);
      backlog = Backlog.oldest(index, did, range);
    }
  }

  private void sequenceAll(Map<Key, Item> items) throws ConditionFailedException {
    Map<Key, Item> waiting = new LinkedHashMap<>(items);
    while (!waiting.isEmpty()) {
      Map<Key, Item> chunk = takeChunk(waiting);
      sequence(chunk);
      chunk.keySet().forEach(waiting::remove);
    }
  }

  /** Leaves to the feed what comes while a batch of it is being numbered. */
  @Override
  public Optional<List<Write>> join(List<Change> changes) {
    Map<Key, Item> waiting = waiting(changes);
    if (waiting.isEmpty()) {
      return Optional.of(List.of());
    }
    if (!lock.tryLock()) {
      return Optional.empty();
    }
    Numbering numbering = number(waiting, state == null ? log.state() : state);
    joining = numbering.to();
    return Optional.of(numbering.writes());
  }

  @Override
  public void joined(boolean committed) {
    if (!lock.isHeldByCurrentThread()) {
      return;
    }
    try {
      state = committed ? joining : null;
      if (state != null) {
        advanced.accept(state.last());
      }
    } finally {
      joining = null;
      lock.unlock();
    }
  }

  private static Map<Key, Item> waiting(List<Change> changes) {
    Map<Key, Item> waiting = new LinkedHashMap<>();
    for (Change change : changes) {
      if (Outbox.holds(change.key()) && change.after().filter(Outbox::waits).isPresent()) {
        waiting.put(change.key(), change.after().get());
      }
    }
    return waiting;
  }

  private static Map<Key, Item> takeChunk(Map<Key, Item> waiting) {
    Map<Key, Item> chunk = new LinkedHashMap<>();
    int writes = 0;
    int bytes = 0;
    for (Map.Entry<Key, Item> entry : waiting.entrySet()) {
      writes += 1 + Outbox.events(entry.getValue()).size();
      bytes += entry.getValue().bytes();
      if ((writes > MAX_WRITES || bytes > MAX_BYTES) && !chunk.isEmpty()) {
        break;
      }
      chunk.put(entry.getKey(), entry.getValue());
    }
    return chunk;
  }

  private void sequence(Map<Key, Item> chunk) throws ConditionFailedException {
    Map<Key, Item> waiting = chunk;
    for (int attempt = 1; !waiting.isEmpty(); attempt++) {
      EventLog.State from = state == null ? log.state() : state;
      try {
        Numbering numbering = number(waiting, from);
        index.transact(numbering.writes());
        state = numbering.to();
        advanced.accept(state.last());
        return;
      } catch (ConditionFailedException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        state = null;
        waiting = stillWaiting(waiting);
      }
    }
    state = log.state(); // whoever was faster may have died before he told anybody
    advanced.accept(state.last());
  }

  /** What gives events their numbers, and how far the log goes then. */
  private record Numbering(List<Write> writes, EventLog.State to) {}

  private Numbering number(Map<Key, Item> waiting, EventLog.State from) {
    Instant now = clock.instant();
    List<Write> writes = new ArrayList<>();
    long first = Math.max(from.last() + 1, EventLog.micros(now));
    long next = first;
    for (Map.Entry<Key, Item> outbox : waiting.entrySet()) {
      Did did = Did.parse(outbox.getKey().partition());
      Item item = outbox.getValue();
      for (byte[] event : Outbox.events(item)) {
        writes.add(
            log.append(new LogEntry(next++, now, did, event, item.text("pack").orElse(null))));
      }
      writes.add(
          new Write.Update(
              outbox.getKey(),
              Item.builder().number(Outbox.SEQ, next - 1).build(),
              Set.of(Outbox.PENDING),
              new Write.Expiry.At(now.plus(log.window())),
              new Condition.Equal(Outbox.PENDING, new Item.Attribute.Flag(true))));
    }
    EventLog.State to = new EventLog.State(from.first() == 0 ? first : from.first(), next - 1);
    writes.add(EventLog.advance(from, to));
    return new Numbering(writes, to);
  }

  private Map<Key, Item> stillWaiting(Map<Key, Item> chunk) {
    Map<Key, Item> current = index.batchGet(chunk.keySet());
    Map<Key, Item> waiting = new LinkedHashMap<>();
    for (Key key : chunk.keySet()) {
      Item item = current.get(key);
      if (item != null && Outbox.waits(item)) {
        waiting.put(key, item);
      }
    }
    return waiting;
  }
}
