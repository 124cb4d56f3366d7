package dev.virga.pds.store;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An {@link Index} in memory, for tests of what stands on the port.
 *
 * <p>Changes are kept until somebody takes them: {@link #pump} delivers them on the calling thread,
 * {@link #deliver} from a thread of its own.
 */
public final class MemoryIndex implements Index {
  /** The order of UTF-8 bytes, in which surrogate pairs come after all other characters. */
  static final Comparator<String> UTF8_ORDER = MemoryIndex::compareUtf8;

  private static final int BATCH = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock delivery = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, NavigableMap<String, Entry>> partitions = new TreeMap<>(UTF8_ORDER);
  private final ArrayDeque<Change> changes = new ArrayDeque<>();
  private final Write.Limits limits;

  /** An index whose transactions are no larger than DynamoDB's. */
  public MemoryIndex() {
    this(Write.Limits.EVERYWHERE);
  }

  public MemoryIndex(Write.Limits limits) {
    this.limits = limits;
  }

  @Override
  public Write.Limits limits() {
    return limits;
  }

  @Override
  public boolean tellsInOrder() {
    return true;
  }

  @Override
  public Optional<Item> get(Key key) {
    lock.lock();
    try {
      return entry(key).map(Entry::item);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    Index.requireBatch(keys);
    Map<Key, Item> found = new LinkedHashMap<>();
    for (Key key : keys) {
      get(key).ifPresent(item -> found.put(key, item));
    }
    return found;
  }

  @Override
  public Page query(Query query) {
    lock.lock();
    try {
      Range range = query.range();
      if (compareUtf8(range.from(), range.to()) >= 0) {
        return new Page(List.of(), false);
      }
      NavigableMap<String, Entry> inside =
          partitions
              .getOrDefault(query.partition(), new TreeMap<>(UTF8_ORDER))
              .subMap(range.from(), true, range.to(), false);
      List<Entry> entries = new ArrayList<>();
      for (Entry entry : (query.backward() ? inside.descendingMap() : inside).values()) {
        if (entries.size() == query.limit()) {
          return new Page(entries, true);
        }
        entries.add(entry);
      }
      return new Page(entries, false);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void transact(List<Write> writes) throws ConditionFailedException {
    Write.requireTransaction(writes, limits);
    lock.lock();
    try {
      List<Key> failed = new ArrayList<>();
      for (Write write : writes) {
        if (!dev.virga.pds.store.Condition.holds(write.condition(), get(write.key()))) {
          failed.add(write.key());
        }
      }
      if (!failed.isEmpty()) {
        throw new ConditionFailedException(failed);
      }
      Map<Key, Optional<Entry>> outcome = new LinkedHashMap<>();
      for (Write write : writes) {
        switch (write) {
          case Write.Put put ->
              outcome.put(put.key(), Optional.of(new Entry(put.key(), put.item(), put.expires())));
          case Write.Update update -> outcome.put(update.key(), Optional.of(updated(update)));
          case Write.Delete delete -> outcome.put(delete.key(), Optional.empty());
          case Write.Check _ -> {}
        }
      }
      outcome.forEach(this::store);
    } finally {
      lock.unlock();
    }
  }

  private Entry updated(Write.Update update) {
    Entry before = entry(update.key()).orElse(new Entry(update.key(), Item.EMPTY));
    return new Entry(
        update.key(), update.appliedTo(before.item()), update.expiryAfter(before.expires()));
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    Index.requireBatch(entries);
    for (Entry entry : entries) {
      store(entry.key(), Optional.of(entry));
    }
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    Index.requireBatch(keys);
    for (Key key : keys) {
      store(key, Optional.empty());
    }
  }

  /** Forgets every item that expired by then. */
  public void sweep(Instant now) {
    lock.lock();
    try {
      for (Entry entry : entries()) {
        if (entry.expires() != null && !entry.expires().isAfter(now)) {
          store(entry.key(), Optional.empty());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes over what another index holds, without telling of it as changes. */
  public void load(List<Entry> entries) {
    batches(entries);
    lock.lock();
    try {
      changes.clear();
    } finally {
      lock.unlock();
    }
  }

  private void batches(List<Entry> entries) {
    for (Entry entry : entries) {
      store(entry.key(), Optional.of(entry));
    }
  }

  /** Everything that is stored, by partition and then in order, for assertions. */
  public List<Entry> entries() {
    lock.lock();
    try {
      List<Entry> all = new ArrayList<>();
      partitions.values().forEach(partition -> all.addAll(partition.values()));
      return all;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Delivers all changes that were not delivered yet, on this thread.
   *
   * @return how many there were
   * @throws Exception what the listener threw; its batch will be delivered again
   */
  public int pump(Changes.Listener listener) throws Exception {
    delivery.lock();
    try {
      int delivered = 0;
      for (List<Change> batch = pending(); !batch.isEmpty(); batch = pending()) {
        listener.accept(batch);
        forget(batch.size());
        delivered += batch.size();
      }
      return delivered;
    } finally {
      delivery.unlock();
    }
  }

  /** Delivers changes as they are committed, from a thread of its own, until it is closed. */
  public AutoCloseable deliver(Changes.Listener listener) {
    Thread tail = Thread.ofVirtual().name("memory-changes").unstarted(() -> follow(listener));
    tail.start();
    return () -> {
      tail.interrupt();
      tail.join();
    };
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private void follow(Changes.Listener listener) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        awaitChanges();
        pump(listener);
      } catch (InterruptedException closed) {
        return;
      } catch (Exception refused) {
        // the same batch comes again
      }
    }
  }

  private void awaitChanges() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (changes.isEmpty()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Change> pending() {
    lock.lock();
    try {
      return changes.stream().limit(BATCH).toList();
    } finally {
      lock.unlock();
    }
  }

  private void forget(int count) {
    lock.lock();
    try {
      for (int i = 0; i < count; i++) {
        changes.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<Entry> entry(Key key) {
    NavigableMap<String, Entry> partition = partitions.get(key.partition());
    return partition == null ? Optional.empty() : Optional.ofNullable(partition.get(key.sort()));
  }

  private void store(Key key, Optional<Entry> entry) {
    lock.lock();
    try {
      NavigableMap<String, Entry> partition =
          partitions.computeIfAbsent(key.partition(), _ -> new TreeMap<>(UTF8_ORDER));
      Optional<Item> before = Optional.ofNullable(partition.get(key.sort())).map(Entry::item);
      entry.ifPresentOrElse(
          present -> partition.put(key.sort(), present), () -> partition.remove(key.sort()));
      if (partition.isEmpty()) {
        partitions.remove(key.partition());
      }
      Optional<Item> after = entry.map(Entry::item);
      if (!before.equals(after)) {
        changes.add(new Change(key, before, after));
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private static int compareUtf8(String left, String right) {
    int shared = Math.min(left.length(), right.length());
    for (int at = 0; at < shared; at++) {
      char a = left.charAt(at);
      char b = right.charAt(at);
      if (a != b) {
        boolean pair = Character.isSurrogate(a);
        return pair == Character.isSurrogate(b) ? Character.compare(a, b) : pair ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
