package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tree nodes of one repository, through the cache; each is checked against its CID once. */
final class NodeStore implements BlockSource {
  private final Did did;
  private final Index index;
  private final Objects objects;
  private final BlockCache cache;

  NodeStore(Did did, Index index, Objects objects, BlockCache cache) {
    this.did = did;
    this.index = index;
    this.objects = objects;
    this.cache = cache;
  }

  @Override
  public byte[] load(Cid cid) {
    byte[] cached = cache.get(cid);
    if (cached != null) {
      return cached;
    }
    Item item =
        index.get(RepoKeys.node(did, cid)).orElseThrow(() -> new MissingBlockException(cid));
    return admit(cid, item);
  }

  @Override
  public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
    Map<Cid, byte[]> found = new HashMap<>();
    List<Key> missing = new ArrayList<>();
    Map<Key, Cid> wanted = new HashMap<>();
    for (Cid cid : cids) {
      byte[] cached = cache.get(cid);
      if (cached != null) {
        found.put(cid, cached);
      } else {
        Key key = RepoKeys.node(did, cid);
        missing.add(key);
        wanted.put(key, cid);
      }
    }
    if (!missing.isEmpty()) {
      index
          .batchGet(missing)
          .forEach(
              (key, item) -> {
                Cid cid = wanted.get(key);
                if (cid != null) {
                  found.put(cid, admit(cid, item));
                }
              });
    }
    return found;
  }

  private byte[] admit(Cid cid, Item item) {
    byte[] bytes = Stored.read(item, objects);
    if (!cid.addresses(bytes)) {
      throw new StoreException("tree node is damaged: " + cid + " of " + did);
    }
    cache.put(cid, bytes);
    return bytes;
  }
}
