package dev.virga.pds.repo;

import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.MstWalk;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Writes repositories as CARs: the commit, then the tree in pre-order with the records between.
 *
 * <p>Memory does not grow with the repository. An export goes on reading the tree that it began
 * with while others write; what they replace is kept readable long enough. Source:
 * atproto.com/specs/repository, "CAR file serialization".
 */
public final class RepoExport {
  private static final int BUFFER = 1 << 16;

  /** Steps of an incremental export whose records are looked up at once. */
  private static final int CHUNK = 100;

  private final Index index;
  private final Objects objects;
  private final RepoReader reader;
  private final Executor ahead;

  /**
   * Exports out of two stores.
   *
   * @param ahead reads the next records while others are written
   */
  public RepoExport(Index index, Objects objects, RepoReader reader, Executor ahead) {
    this.index = index;
    this.objects = objects;
    this.reader = reader;
    this.ahead = ahead;
  }

  /**
   * Writes a repository as of a head.
   *
   * @param since only blocks written after this revision; null for all
   * @throws IOException if the stream cannot be written
   */
  public void write(Did did, Head head, @Nullable Tid since, OutputStream out) throws IOException {
    BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
    CarWriter car = new CarWriter(buffered, List.of(head.commit()));
    if (since == null) {
      car.write(head.commit(), head.commitBlock());
      each(did, head, (step, cid, block) -> car.write(cid, block));
    } else if (head.rev().compareTo(since) > 0) {
      car.write(head.commit(), head.commitBlock());
      DatedNodes nodes = new DatedNodes(did, index, objects, head.young(), reader.nodes(did, head));
      writeSince(did, treeSince(head, since, nodes), since, car);
    }
    buffered.flush();
  }

  private static MstWalk treeSince(Head head, Tid since, DatedNodes nodes) {
    BlockSource source = nodes;
    return Mst.load(head.root(), source).walk(cid -> nodes.writtenAfter(cid, since));
  }

  /** Takes the blocks of a repository, but for the commit, in the order of exports. */
  @FunctionalInterface
  interface BlockSink {
    void accept(MstStep step, Cid cid, byte[] block) throws IOException;
  }

  /** Reads all blocks of a repository as of a head, but for the commit. */
  void each(Did did, Head head, BlockSink sink) throws IOException {
    RecordCursor records = new RecordCursor(did, index, ahead);
    MstWalk steps = Mst.load(head.root(), reader.nodes(did, head).readingAll()).walk();
    while (steps.hasNext()) {
      MstStep step = steps.next();
      switch (step) {
        case MstStep.Node(Cid cid, byte[] bytes) -> sink.accept(step, cid, bytes);
        case MstStep.Record(String path, Cid cid) -> {
          Optional<Item> item = records.seek(path);
          byte[] block =
              item.isPresent() && holds(item.get(), cid)
                  ? Stored.read(cid, item.get(), objects)
                  : reader.recordBlock(did, path, cid);
          sink.accept(step, cid, block);
        }
      }
    }
  }

  private static boolean holds(Item record, Cid cid) {
    return Cid.fromBytes(record.requireBytes("cid")).equals(cid);
  }

  private void writeSince(Did did, MstWalk steps, Tid since, CarWriter car) throws IOException {
    List<MstStep> chunk = new ArrayList<>(CHUNK);
    while (steps.hasNext()) {
      chunk.add(steps.next());
      if (chunk.size() == CHUNK || !steps.hasNext()) {
        writeChunk(did, chunk, since, car);
        chunk.clear();
      }
    }
  }

  private void writeChunk(Did did, List<MstStep> chunk, Tid since, CarWriter car)
      throws IOException {
    List<Key> keys = new ArrayList<>();
    for (MstStep step : chunk) {
      if (step instanceof MstStep.Record(String path, Cid cid)) {
        keys.add(RepoKeys.record(did, path));
        keys.add(RepoKeys.replaced(did, cid));
      }
    }
    Map<Key, Item> items =
        keys.isEmpty() ? Map.of() : index.batchGet(keys.stream().distinct().toList());
    for (MstStep step : chunk) {
      switch (step) {
        case MstStep.Node(Cid cid, byte[] bytes) -> car.write(cid, bytes);
        case MstStep.Record(String path, Cid cid) -> {
          Item item = current(items, did, path, cid);
          if (Tid.parse(item.requireText("rev")).compareTo(since) > 0) {
            car.write(cid, Stored.read(cid, item, objects));
          }
        }
      }
    }
  }

  private static Item current(Map<Key, Item> items, Did did, String path, Cid cid) {
    return Optional.ofNullable(items.get(RepoKeys.record(did, path)))
        .filter(item -> holds(item, cid))
        .or(() -> Optional.ofNullable(items.get(RepoKeys.replaced(did, cid))))
        .orElseThrow(
            () ->
                new XrpcException(
                    503, "NotEnoughResources", "The repository changed meanwhile, try again"));
  }
}
