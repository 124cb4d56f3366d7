package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the blocks of a repository come from: an index, a pack, or the part of a tree that a commit
 * event carries.
 *
 * <p>The bytes returned must be those that the CID addresses; they are shared, never written to.
 */
@FunctionalInterface
public interface BlockSource {
  /**
   * The bytes of one block.
   *
   * @throws MissingBlockException if there is no such block
   */
  byte[] load(Cid cid);

  /**
   * The bytes of several blocks; a source behind a network does it in one call. Blocks that are
   * missing may be left out of the answer.
   */
  default Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
    Map<Cid, byte[]> blocks = HashMap.newHashMap(cids.size());
    for (Cid cid : cids) {
      blocks.put(cid, load(cid));
    }
    return blocks;
  }

  /**
   * Whether all its tree nodes were made or checked by us, so that it need not be shown once more
   * of each key that it is well-formed, in order and, by its hash, in its layer.
   */
  default boolean isTrusted() {
    return false;
  }

  /** A source over blocks in memory. The map is not copied. */
  static BlockSource of(Map<Cid, byte[]> blocks) {
    return cid -> {
      byte[] bytes = blocks.get(cid);
      if (bytes == null) {
        throw new MissingBlockException(cid);
      }
      return bytes;
    };
  }

  /** A source without blocks, for trees that are wholly in memory. */
  static BlockSource none() {
    return of(Map.of());
  }
}
