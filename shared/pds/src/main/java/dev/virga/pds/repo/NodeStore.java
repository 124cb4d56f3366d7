package dev.virga.pds.repo;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.BatchSource;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tree nodes of one repository as of a head, through the cache: young ones from packs, others
 * from items. Each is checked against its CID once.
 */
final class NodeStore implements BatchSource {
  private static final CarReader.Limits PACK =
      new CarReader.Limits(CommitDraft.MAX_BLOCKS, CommitDraft.MAX_BLOCKS, CommitDraft.MAX_BLOCKS);

  /**
   * Nodes missing at once from which on {@link #readingAll} reads by the page: so many are missing
   * only where the process knows little of the repository.
   */
  static final int MANY = 20;

  /** The most bytes that are read by the page, so that memory does not grow with the repository. */
  static final long MOST_AHEAD = 8 << 20;

  private final Did did;
  private final Index index;
  private final Objects objects;
  private final BlockCache cache;
  private final YoungNodes young;
  private boolean readsAll;

  NodeStore(Did did, Index index, Objects objects, BlockCache cache, YoungNodes young) {
    this.did = did;
    this.index = index;
    this.objects = objects;
    this.cache = cache;
    this.young = young;
  }

  /** {@inheritDoc} They are. */
  @Override
  public boolean isTrusted() {
    return true;
  }

  /**
   * Expects that all nodes are asked for. In the cloud a page of them costs a sixteenth of what it
   * takes to get each by its key; and of a repository that is larger than what is read this way,
   * little more than that is paid twice.
   */
  NodeStore readingAll() {
    readsAll = true;
    return this;
  }

  @Override
  public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
    Map<Cid, byte[]> found = new HashMap<>();
    Map<Key, Cid> items = new HashMap<>();
    for (Cid cid : cids) {
      byte[] cached = cache.get(cid);
      if (cached != null) {
        found.put(cid, cached);
      } else if (!found.containsKey(cid)) {
        Optional<Tid> rev = young.rev(cid);
        if (rev.isPresent()) {
          found.putAll(pack(rev.get()));
        } else {
          items.put(RepoKeys.node(did, cid), cid);
        }
      }
    }
    loadItems(items, found);
    return found;
  }

  private void loadItems(Map<Key, Cid> items, Map<Cid, byte[]> found) {
    if (readsAll && items.size() >= MANY) {
      readsAll = false;
      readPages(items, found);
    }
    if (items.size() == 1) {
      Map.Entry<Key, Cid> only = items.entrySet().iterator().next();
      index
          .get(only.getKey())
          .ifPresent(item -> found.put(only.getValue(), admit(only.getValue(), item)));
    } else if (!items.isEmpty()) {
      index
          .batchGet(List.copyOf(items.keySet()))
          .forEach(
              (key, item) -> {
                Cid cid = items.get(key);
                if (cid != null) {
                  found.put(cid, admit(cid, item));
                }
              });
    }
  }

  /**
   * Reads nodes into the cache, in the order of their keys, and takes out those that are wanted.
   * What a stale page does not show yet is asked for by its key later; nodes that expire are of
   * older trees mostly, and those that are not are found by their keys too.
   */
  private void readPages(Map<Key, Cid> wanted, Map<Cid, byte[]> found) {
    Range range = RepoKeys.nodes();
    long bytes = 0;
    Page page;
    do {
      page =
          index.query(
              new Query(did.text(), range, false, Query.MAX_LIMIT, Query.Consistency.STALE));
      for (Entry entry : page.entries()) {
        bytes += entry.item().bytes();
        if (entry.expires() == null) {
          Stored.inline(entry.item()).ifPresent(block -> take(entry.key(), block, wanted, found));
        }
      }
      if (page.more()) {
        range = range.after(page.entries().getLast().key().sort());
      }
    } while (page.more() && bytes < MOST_AHEAD);
  }

  /** Takes a block for what it is, whatever its key says, which saves decoding that. */
  private void take(Key key, byte[] block, Map<Key, Cid> wanted, Map<Cid, byte[]> found) {
    Cid cid = Cid.ofDagCbor(block);
    cache.put(cid, block);
    if (wanted.remove(key, cid)) {
      found.put(cid, block);
    }
  }

  /**
   * The small blocks of a commit's pack: its nodes, those that its covering proofs share with the
   * rest of the tree, and perhaps its records.
   */
  private Map<Cid, byte[]> pack(Tid rev) {
    String name = RepoKeys.pack(did, rev);
    byte[] car =
        objects.get(name).orElseThrow(() -> new StoreException("object is missing: " + name));
    Map<Cid, byte[]> blocks = new HashMap<>();
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), PACK)) {
      Optional<Block> next = reader.next();
      while (next.isPresent()) {
        Block block = next.get();
        if (block.bytes().length <= Stored.INLINE) {
          blocks.put(block.cid(), admit(block.cid(), block.bytes()));
        }
        next = reader.next();
      }
    } catch (DataException e) {
      throw new StoreException("pack is damaged: " + name, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return blocks;
  }

  private byte[] admit(Cid cid, Item item) {
    return admit(cid, Stored.read(cid, item, objects));
  }

  private byte[] admit(Cid cid, byte[] bytes) {
    if (!cid.addresses(bytes)) {
      throw new StoreException("tree node is damaged: " + cid + " of " + did);
    }
    cache.put(cid, bytes);
    return bytes;
  }
}
