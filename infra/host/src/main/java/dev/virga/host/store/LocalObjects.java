package dev.virga.host.store;

import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Objects} of a laptop: small ones in an SQLite file of their own, all others as files.
 *
 * <p>Most objects are packs of some kilobytes. A file for each would cost three waits for the
 * disk's journal where a row costs one, which concurrent puts share, and an inode for each commit.
 * Streams are always files. A name is in one of both; the lock of its put keeps it so.
 */
public final class LocalObjects implements Objects, AutoCloseable {
  /** The largest row; an {@link Item} can have no more than 400,000 bytes. */
  static final int SMALL = 256 * 1024;

  private static final String SMALL_ONES = "small.db";

  private static final String PARTITION = "objects";
  private static final String CONTENT = "content";

  /** Before the names of metadata among the attributes. */
  private static final String META = "meta-";

  private static final int LOCKS = 256;

  private final Index small;
  private final Runnable closing;
  private final DirectoryObjects large;
  private final Lock[] locks = new Lock[LOCKS];

  private LocalObjects(Index small, Runnable closing, DirectoryObjects large) {
    this.small = small;
    this.closing = closing;
    this.large = large;
    Arrays.setAll(locks, _ -> new ReentrantLock());
  }

  /**
   * Opens a directory and makes it if it is absent.
   *
   * @throws StoreException naming it, if that cannot be or another process uses it
   */
  public static LocalObjects open(Path root, Durability durability) {
    DirectoryObjects large = DirectoryObjects.open(root, durability);
    SqliteIndex small = SqliteIndex.openForLargeItems(root.resolve(SMALL_ONES), durability);
    return new LocalObjects(small, small::close, large);
  }

  /**
   * Opens a directory that exists for reading, whether or not another process uses it. What writes
   * throws {@link StoreException}.
   */
  public static LocalObjects openForReading(Path root) {
    ReadOnlyIndex small = ReadOnlyIndex.open(root.resolve(SMALL_ONES));
    return new LocalObjects(small, small::close, DirectoryObjects.open(root, Durability.DEFAULT));
  }

  private static Key key(String name) {
    return new Key(PARTITION, Objects.requireName(name));
  }

  private Optional<Item> row(String name) {
    return small.get(key(name));
  }

  private static byte[] content(Item row) {
    return row.requireBytes(CONTENT);
  }

  private static Metadata metadata(Item row) {
    Map<String, String> entries = new TreeMap<>();
    row.attributes()
        .forEach(
            (name, value) -> {
              if (name.startsWith(META) && value instanceof Item.Attribute.Text(String text)) {
                entries.put(name.substring(META.length()), text);
              }
            });
    return entries.isEmpty() ? Metadata.NONE : new Metadata(entries);
  }

  private <T> T exclusively(String name, Supplier<T> change) {
    return exclusively(List.of(name), change);
  }

  /** Takes the locks in an order that is the same for all. */
  private <T> T exclusively(List<String> names, Supplier<T> change) {
    int[] needed = names.stream().mapToInt(LocalObjects::lock).sorted().distinct().toArray();
    for (int lock : needed) {
      locks[lock].lock();
    }
    try {
      return change.get();
    } finally {
      for (int lock : needed) {
        locks[lock].unlock();
      }
    }
  }

  private static int lock(String name) {
    return Math.floorMod(name.hashCode(), LOCKS);
  }

  @Override
  public boolean putIfAbsent(String name, byte[] content, Metadata metadata) {
    Objects.requireName(name);
    if (content.length > SMALL) {
      return exclusively(
          name, () -> row(name).isEmpty() && large.putIfAbsent(name, content, metadata));
    }
    List<Write> put = List.of(row(new New(name, content, metadata)));
    return exclusively(name, () -> !large.has(name) && written(put));
  }

  private static Write row(New object) {
    Item.Builder row = Item.builder().bytes(CONTENT, object.content());
    object.metadata().entries().forEach((entry, value) -> row.text(META + entry, value));
    return Write.put(key(object.name()), row.build(), Condition.ABSENT);
  }

  private boolean written(List<Write> puts) {
    try {
      small.transact(puts);
      return true;
    } catch (ConditionFailedException e) {
      return false;
    }
  }

  /** {@inheritDoc} Small ones in one transaction, with one sync. */
  @Override
  public int putInOrder(List<New> objects) {
    if (objects.size() < 2 || objects.stream().anyMatch(one -> one.content().length > SMALL)) {
      return Objects.super.putInOrder(objects);
    }
    List<Write> puts = objects.stream().map(LocalObjects::row).toList();
    List<String> names = objects.stream().map(New::name).toList();
    boolean stored =
        exclusively(names, () -> names.stream().noneMatch(large::has) && written(puts));
    return stored ? objects.size() : 0;
  }

  @Override
  public long putStream(String name, InputStream content, Metadata metadata) throws IOException {
    Key key = key(name);
    long size = large.putStream(name, content, metadata);
    forget(key);
    return size;
  }

  /** Removes a row that a file has taken the place of; until then readers see what was there. */
  private void forget(Key key) {
    if (small.get(key).isPresent()) {
      small.batchDelete(List.of(key));
    }
  }

  @Override
  public Optional<byte[]> get(String name) {
    Optional<byte[]> content = row(name).map(LocalObjects::content);
    return content.isPresent() ? content : large.get(name);
  }

  @Override
  public Map<String, byte[]> getAll(Collection<String> names) {
    Map<String, byte[]> found = HashMap.newHashMap(names.size());
    List<Key> keys = names.stream().distinct().map(LocalObjects::key).toList();
    for (int from = 0; from < keys.size(); from += Index.MAX_BATCH) {
      List<Key> some = keys.subList(from, Math.min(from + Index.MAX_BATCH, keys.size()));
      Map<Key, Item> rows = small.batchGet(some);
      for (Key key : some) {
        Optional<Item> row = Optional.ofNullable(rows.get(key));
        row.map(LocalObjects::content)
            .or(() -> large.get(key.sort()))
            .ifPresent(content -> found.put(key.sort(), content));
      }
    }
    return found;
  }

  @Override
  public Optional<byte[]> getRange(String name, long offset, int length) {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
    }
    Optional<byte[]> content = row(name).map(LocalObjects::content);
    return content.isPresent()
        ? content.map(bytes -> part(name, bytes, offset, length))
        : large.getRange(name, offset, length);
  }

  private static byte[] part(String name, byte[] content, long offset, int length) {
    if (offset > content.length - length) {
      throw new StoreException(
          "object %s has %d bytes, asked for %d at %d"
              .formatted(name, content.length, length, offset));
    }
    return Arrays.copyOfRange(content, (int) offset, (int) offset + length);
  }

  @Override
  public Optional<Opened> open(String name) {
    Optional<Opened> opened =
        row(name)
            .map(
                row ->
                    new Opened(
                        new ByteArrayInputStream(content(row)),
                        content(row).length,
                        metadata(row)));
    return opened.isPresent() ? opened : large.open(name);
  }

  @Override
  public Optional<Long> size(String name) {
    Optional<Long> size = row(name).map(row -> (long) content(row).length);
    return size.isPresent() ? size : large.size(name);
  }

  @Override
  public Optional<Metadata> metadata(String name) {
    Optional<Metadata> metadata = row(name).map(LocalObjects::metadata);
    return metadata.isPresent() ? metadata : large.metadata(name);
  }

  @Override
  public boolean copy(String from, String to) {
    Key target = key(to);
    return exclusively(
        to,
        () -> {
          Optional<Item> row = row(from);
          if (row.isPresent()) {
            small.batchPut(List.of(new Entry(target, row.get())));
            large.delete(to);
            return true;
          }
          boolean copied = large.copy(from, to);
          if (copied) {
            forget(target);
          }
          return copied;
        });
  }

  @Override
  public void delete(String name) {
    Key key = key(name);
    exclusively(
        name,
        () -> {
          large.delete(name);
          forget(key);
          return true;
        });
  }

  @Override
  public Listing list(String prefix, @Nullable String after) {
    Page rows =
        small.query(
            Query.forward(
                PARTITION,
                Range.prefix(Objects.requirePrefix(prefix)).after(after),
                Objects.MAX_LISTED));
    Listing files = large.list(prefix, after);
    TreeMap<String, Listed> listed = new TreeMap<>();
    files.objects().forEach(file -> listed.put(file.name(), file));
    for (Entry row : rows.entries()) {
      String name = row.key().sort();
      listed.put(name, new Listed(name, content(row.item()).length));
    }
    String end = rows.more() ? rows.entries().getLast().key().sort() : null;
    if (files.next() != null && (end == null || files.next().compareTo(end) < 0)) {
      end = files.next();
    }
    List<Listed> known = List.copyOf((end == null ? listed : listed.headMap(end, true)).values());
    boolean cut = known.size() > Objects.MAX_LISTED;
    List<Listed> page = cut ? known.subList(0, Objects.MAX_LISTED) : known;
    return new Listing(page, cut ? page.getLast().name() : end);
  }

  @Override
  public Optional<URI> publicUrl(String name, Duration validity) {
    return large.publicUrl(name, validity);
  }

  /** Removes what puts of files that a crash ended left behind. */
  public void sweep(Instant before) {
    large.sweep(before);
  }

  @Override
  public void close() {
    closing.run();
  }
}
