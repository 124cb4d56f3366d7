package dev.virga.host.store;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@link Index} of a laptop as another process sees it while a host may run on it: reads what
 * has been committed, and writes nothing.
 */
public final class ReadOnlyIndex implements Index, AutoCloseable {
  private final SqliteFile file;
  private final Readers readers;

  private ReadOnlyIndex(SqliteFile file) {
    this.file = file;
    this.readers = new Readers(file, 2);
  }

  /**
   * Opens an index that exists.
   *
   * @throws StoreException if there is none
   */
  public static ReadOnlyIndex open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new StoreException("there is no database " + path);
    }
    return new ReadOnlyIndex(SqliteFile.unlocked(path));
  }

  @Override
  public Optional<Item> get(Key key) {
    return readers.get(key);
  }

  @Override
  public Map<Key, Item> batchGet(Collection<Key> keys) {
    return readers.batchGet(keys);
  }

  @Override
  public Page query(Query query) {
    return readers.query(query);
  }

  @Override
  public void transact(List<Write> writes) {
    throw readOnly();
  }

  @Override
  public void batchPut(Collection<Entry> entries) {
    throw readOnly();
  }

  @Override
  public void batchDelete(Collection<Key> keys) {
    throw readOnly();
  }

  private StoreException readOnly() {
    return new StoreException("database " + file.path() + " was opened for reading only");
  }

  @Override
  public void close() {
    readers.close();
  }
}
