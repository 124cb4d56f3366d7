package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a Merkle search tree: a node in memory, or a link to one that is still to be loaded.
 */
sealed interface Subtree permits MstNode, Subtree.Link {

  /** The CID of the node at the top, computed on demand. */
  Cid cid();

  /**
   * A node not loaded yet, and all that must hold of it: its layer, and the keys between which its
   * own must lie. The bounds make a hostile tree harmless: a node that is used twice would repeat
   * keys, and layers end at zero, so every walk ends.
   *
   * @param layer the layer, or {@link #ROOT} for a root, whose keys tell
   * @param low the greatest key before the subtree, if any
   * @param high the least key after it, if any
   */
  record Link(Cid cid, int layer, @Nullable String low, @Nullable String high) implements Subtree {
    static final int ROOT = -1;

    static Link toRoot(Cid cid) {
      return new Link(cid, ROOT, null, null);
    }

    /**
     * Loads and checks the node.
     *
     * @throws MissingBlockException if the source lacks it
     * @throws DataException if it does not belong here
     */
    MstNode load(BlockSource source) {
      return isEmptyRoot() ? MstNode.EMPTY : decode(source.load(cid), source.isTrusted());
    }

    /** Whether this leads to the tree without entries, which need not be loaded. */
    boolean isEmptyRoot() {
      return layer == ROOT && cid.equals(MstNode.EMPTY.cid());
    }

    /**
     * Reads the node from one of the blocks.
     *
     * @param trusted as {@link BlockSource#isTrusted}
     * @throws MissingBlockException if it is not among them
     * @throws DataException if it does not belong here
     */
    MstNode decode(Map<Cid, byte[]> blocks, boolean trusted) {
      byte[] bytes = blocks.get(cid);
      if (bytes == null) {
        throw new MissingBlockException(cid);
      }
      return decode(bytes, trusted);
    }

    /**
     * Reads the node from its bytes.
     *
     * @param trusted as {@link BlockSource#isTrusted}
     * @throws DataException if it does not belong here
     */
    MstNode decode(byte[] bytes, boolean trusted) {
      try {
        return new NodeReader(this, bytes, trusted).read();
      } catch (DataException e) {
        throw new DataException("tree node " + cid + ": " + e.getMessage(), e);
      }
    }
  }
}
