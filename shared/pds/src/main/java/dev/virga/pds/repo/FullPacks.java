package dev.virga.pds.repo;

import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes whole repositories as one pack, and makes the items of large blocks point there instead of
 * into the packs of single commits: part of {@link Tidying}.
 *
 * <p>Can die at any call and be done again. Memory grows with the large blocks only.
 */
final class FullPacks {
  private final Index index;
  private final Objects objects;
  private final RepoExport export;
  private final Path scratch;

  FullPacks(Index index, Objects objects, RepoExport export, Path scratch) {
    this.index = index;
    this.objects = objects;
    this.export = export;
    this.scratch = scratch;
  }

  /** An item whose block is in packs, and where in the new one it is. */
  private record Moved(Key key, Cid cid, long offset, int length) {}

  /**
   * Stores a repository as of a head.
   *
   * @throws StoreException if a block of it is missing or damaged; nothing is stored
   * @throws dev.virga.pds.XrpcException if the repository changed too much meanwhile
   */
  void write(Did did, Head head) throws IOException {
    String name = RepoKeys.full(did, head.rev());
    List<Moved> moved;
    Path file = Files.createTempFile(scratch, "full", ".car");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
        moved = writeBlocks(did, head, out);
      }
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        objects.putStream(name, in, PackNote.FULL.toMetadata());
      }
    } finally {
      Files.deleteIfExists(file);
    }
    repoint(name, moved);
  }

  private List<Moved> writeBlocks(Did did, Head head, OutputStream out) throws IOException {
    List<Moved> moved = new ArrayList<>();
    List<Cid> roots = List.of(head.commit());
    CarWriter car = new CarWriter(out, roots);
    require(head.commit(), head.commitBlock(), did);
    car.write(head.commit(), head.commitBlock());
    long[] at = {CarWriter.headerSize(roots) + CarWriter.sectionSize(head.commitBlock().length)};
    export.each(
        did,
        head,
        (step, cid, block) -> {
          require(cid, block, did);
          car.write(cid, block);
          at[0] += CarWriter.sectionSize(block.length);
          if (block.length > Stored.INLINE) {
            moved.add(new Moved(key(did, step), cid, at[0] - block.length, block.length));
          }
        });
    return moved;
  }

  /** What is damaged must not take the place of packs that may still be whole. */
  private static void require(Cid cid, byte[] block, Did did) {
    if (!cid.addresses(block)) {
      throw new StoreException("a block is damaged: " + cid + " of " + did);
    }
  }

  private static Key key(Did did, MstStep step) {
    return switch (step) {
      case MstStep.Node(Cid cid, var _) -> RepoKeys.node(did, cid);
      case MstStep.Record(String path, var _) -> RepoKeys.record(did, path);
    };
  }

  private void repoint(String name, List<Moved> moved) {
    for (Moved block : moved) {
      index
          .get(block.key())
          .filter(item -> holds(item, block.cid()))
          .flatMap(item -> item.text(Stored.PACK))
          .filter(pack -> !pack.equals(name))
          .ifPresent(pack -> repoint(name, block, pack));
    }
  }

  private void repoint(String name, Moved block, String from) {
    Item place = Stored.place(name, block.offset(), block.length());
    try {
      index.transact(
          Write.all(Write.update(block.key(), place, Condition.equal(Stored.PACK, from))));
    } catch (ConditionFailedException e) {
      // Replaced meanwhile: the new block is in a later pack.
    }
  }

  /** Whether an item still is that of the block; the key of a node says so itself. */
  private static boolean holds(Item item, Cid cid) {
    return item.bytes("cid").map(Cid::fromBytes).filter(found -> !found.equals(cid)).isEmpty();
  }
}
