package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BatchSource;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tree nodes of one repository together with the revision that wrote each, for incremental exports.
 *
 * <p>A node that was not written since a revision has nothing below it that was, because whatever
 * changes below a node changes the node.
 */
final class DatedNodes implements BatchSource {
  private final Did did;
  private final Index index;
  private final Objects objects;
  private final YoungNodes young;
  private final BlockSource packs;
  private final Map<Cid, Long> revs = new HashMap<>();

  /**
   * The nodes as of a head.
   *
   * @param packs reads the young ones
   */
  DatedNodes(Did did, Index index, Objects objects, YoungNodes young, BlockSource packs) {
    this.did = did;
    this.index = index;
    this.objects = objects;
    this.young = young;
    this.packs = packs;
  }

  /** Whether a node, already loaded, was written after a revision; asked once for each. */
  boolean writtenAfter(Cid cid, Tid since) {
    Long rev = revs.remove(cid);
    return rev == null || rev > since.value();
  }

  /** {@inheritDoc} They are. */
  @Override
  public boolean isTrusted() {
    return true;
  }

  @Override
  public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
    Map<Key, Cid> wanted = new HashMap<>();
    Map<Cid, byte[]> found = new HashMap<>();
    for (Cid cid : cids) {
      Optional<Tid> rev = young.rev(cid);
      if (rev.isPresent()) {
        revs.put(cid, rev.get().value());
        found.put(cid, packs.load(cid));
      } else {
        wanted.put(RepoKeys.node(did, cid), cid);
      }
    }
    if (wanted.isEmpty()) {
      return found;
    }
    for (Map.Entry<Key, Item> entry : index.batchGet(wanted.keySet()).entrySet()) {
      Cid cid = wanted.get(entry.getKey());
      if (cid != null) {
        revs.put(cid, entry.getValue().requireNumber("rev"));
        found.put(cid, Stored.read(cid, entry.getValue(), objects));
      }
    }
    return found;
  }
}
