package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.util.Optional;

/** A block's bytes as an item holds them: inline when small, else a place in a pack. */
public final class Stored {
  /**
   * The most bytes kept inline. Reading an item costs by 4 KB, so up to there a block inline costs
   * no more to read than its place would.
   */
  static final int INLINE = 4_000;

  /** The object that a block is in; outbox items name theirs the same way. */
  static final String PACK = "pack";

  private static final String OFFSET = "offset";
  private static final String LENGTH = "length";

  private Stored() {}

  /** Adds a block to an item that is being built. */
  static Item.Builder add(Item.Builder item, Cid cid, byte[] block, Pack pack) {
    return block.length <= INLINE
        ? item.bytes("block", block)
        : item.text(PACK, pack.name())
            .number(OFFSET, pack.offset(cid))
            .number(LENGTH, block.length);
  }

  /** Adds the place of a block to an item that is being built. */
  static Item.Builder addPlace(Item.Builder item, String pack, long offset, int length) {
    return item.text(PACK, pack).number(OFFSET, offset).number(LENGTH, length);
  }

  /** The block of an item that holds it itself. */
  static Optional<byte[]> inline(Item item) {
    return item.bytes("block");
  }

  /** What an item says of a block that is not inline. */
  static Item place(String pack, long offset, int length) {
    return addPlace(Item.builder(), pack, offset, length).build();
  }

  /**
   * The bytes of the block that an item holds or points to. Those out of a pack are compared with
   * the CID, since a part of an object is not checked by its store.
   *
   * @throws StoreException if the pack is missing, too short or damaged
   */
  public static byte[] read(Cid cid, Item item, Objects objects) {
    return inline(item).orElseGet(() -> readPack(cid, item, objects));
  }

  private static byte[] readPack(Cid cid, Item item, Objects objects) {
    String pack = item.requireText(PACK);
    byte[] block =
        objects
            .getRange(pack, item.requireNumber(OFFSET), Math.toIntExact(item.requireNumber(LENGTH)))
            .orElseThrow(() -> new StoreException("object is missing: " + pack));
    if (!cid.addresses(block)) {
      throw new StoreException("block %s in %s is damaged".formatted(cid, pack));
    }
    return block;
  }
}
