package dev.virga.pds.repo;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads records, blocks and proofs out of repositories. */
public final class RepoReader {
  /** Above every character that a collection's name may have, and below nothing it may. */
  private static final String AFTER_COLLECTION = "0";

  private final Index index;
  private final Objects objects;
  private final Heads heads;
  private final BlockCache cache;

  public RepoReader(Index index, Objects objects, Heads heads, BlockCache cache) {
    this.index = index;
    this.objects = objects;
    this.heads = heads;
    this.cache = cache;
  }

  /** The record at a path, hidden or not. */
  public Optional<RepoRecord> record(Did did, RepoPath path) {
    return index
        .get(RepoKeys.record(did, path.toString()))
        .map(item -> toRecord(path.toString(), item));
  }

  private RepoRecord toRecord(String path, Item item) {
    Cid cid = Cid.fromBytes(item.requireBytes("cid"));
    return new RepoRecord(
        path,
        cid,
        Stored.read(cid, item, objects),
        item.text(RecordTakedowns.TAKEDOWN).isPresent());
  }

  /**
   * Records of one collection, hidden ones left out.
   *
   * @param limit the most records
   * @param cursor the record key to go on after; null to begin
   * @param ascending from the lowest record key up, else from the highest down
   */
  public List<RepoRecord> records(
      Did did, Nsid collection, int limit, @Nullable String cursor, boolean ascending) {
    List<RepoRecord> records = new ArrayList<>();
    Range all = RepoKeys.records(collection.text());
    @Nullable String reached =
        cursor == null ? null : RepoKeys.record(did, collection + "/" + cursor).sort();
    Page page;
    do {
      Range rest = ascending ? all.after(reached) : all.before(reached);
      page =
          index.query(
              new Query(
                  did.text(), rest, !ascending, limit - records.size(), Query.Consistency.STRONG));
      for (Entry entry : page.entries()) {
        reached = entry.key().sort();
        RepoRecord record = toRecord(RepoKeys.recordPath(entry.key()), entry.item());
        if (!record.takendown()) {
          records.add(record);
        }
      }
    } while (page.more() && records.size() < limit);
    return records;
  }

  /** The collections that have records, in order: one query each. */
  public List<Nsid> collections(Did did) {
    List<Nsid> collections = new ArrayList<>();
    Range rest = RepoKeys.records();
    while (true) {
      List<Entry> first = index.query(Query.forward(did.text(), rest, 1)).entries();
      if (first.isEmpty()) {
        return collections;
      }
      String path = RepoKeys.recordPath(first.getFirst().key());
      String collection = path.substring(0, path.indexOf('/'));
      collections.add(Nsid.parse(collection));
      // "0" follows "/" in ASCII: the first key beyond the collection.
      rest = new Range(RepoKeys.record(did, collection + AFTER_COLLECTION).sort(), rest.to());
    }
  }

  /** The current head, if the repository is here. */
  public Optional<Head> head(Did did) {
    return heads.find(did);
  }

  /**
   * Proof that a record is, or is not, in a repository.
   *
   * @param blocks the commit, the nodes from the root to where the path belongs, and the record if
   *     it is there
   */
  public record Proof(Cid commit, List<Block> blocks) {}

  /** A proof about a record as of now; empty if there is no repository. */
  public Optional<Proof> proof(Did did, RepoPath path) {
    Key record = RepoKeys.record(did, path.toString());
    Map<Key, Item> found = index.batchGet(List.of(Heads.key(did), record));
    return heads
        .finished(did, Optional.ofNullable(found.get(Heads.key(did))))
        .map(head -> proof(did, head, path, Optional.ofNullable(found.get(record))));
  }

  private Proof proof(Did did, Head head, RepoPath path, Optional<Item> record) {
    NodeStore nodes = nodes(did, head);
    nodes.loadAll(head.young().latest());
    Mst tree = Mst.load(head.root(), nodes);
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block(head.commit(), head.commitBlock()));
    tree.proof(path.toString()).forEach((cid, bytes) -> blocks.add(new Block(cid, bytes)));
    tree.get(path.toString())
        .ifPresent(
            cid ->
                blocks.add(
                    new Block(
                        cid,
                        record
                            .filter(item -> isOf(item, cid))
                            .map(item -> Stored.read(cid, item, objects))
                            .orElseGet(() -> recordBlock(did, path.toString(), cid)))));
    return new Proof(head.commit(), blocks);
  }

  private static boolean isOf(Item record, Cid cid) {
    return Cid.fromBytes(record.requireBytes("cid")).equals(cid);
  }

  /** The bytes of a record of a tree, which may have been replaced a short while ago. */
  byte[] recordBlock(Did did, String path, Cid cid) {
    return index
        .get(RepoKeys.record(did, path))
        .filter(item -> Cid.fromBytes(item.requireBytes("cid")).equals(cid))
        .or(() -> index.get(RepoKeys.replaced(did, cid)))
        .map(item -> Stored.read(cid, item, objects))
        .orElseThrow(
            () ->
                new XrpcException(
                    503, "NotEnoughResources", "The repository changed meanwhile, try again"));
  }

  /** A block of the current repository: commit, tree node or record. */
  public Optional<Block> block(Did did, Head head, Cid cid) {
    if (cid.equals(head.commit())) {
      return Optional.of(new Block(cid, head.commitBlock()));
    }
    if (head.young().contains(cid)) {
      return Optional.of(new Block(cid, nodes(did, head).load(cid)));
    }
    return index
        .get(RepoKeys.node(did, cid))
        .map(item -> Stored.read(cid, item, objects))
        .or(() -> recordOf(did, cid))
        .map(bytes -> new Block(cid, bytes));
  }

  private Optional<byte[]> recordOf(Did did, Cid cid) {
    @Nullable String reached = null;
    Page page;
    do {
      page = index.query(Query.forward(did.text(), RepoKeys.places(cid).after(reached), 10));
      for (Entry place : page.entries()) {
        reached = place.key().sort();
        Optional<byte[]> bytes =
            index
                .get(RepoKeys.record(did, RepoKeys.placePath(place.key())))
                .filter(item -> Cid.fromBytes(item.requireBytes("cid")).equals(cid))
                .map(item -> Stored.read(cid, item, objects));
        if (bytes.isPresent()) {
          return bytes;
        }
      }
    } while (page.more());
    return Optional.empty();
  }

  /** The nodes of a repository's tree as of a head. */
  NodeStore nodes(Did did, Head head) {
    return new NodeStore(did, index, objects, cache, head.young());
  }
}
