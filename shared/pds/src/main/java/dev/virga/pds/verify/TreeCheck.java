package dev.virga.pds.verify;

import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.repo.BatchSource;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.MstWalk;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.repo.Stored;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.verify.Finding.Code;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Checks that the tree of a head is whole and canonical, and the only one that is kept. */
final class TreeCheck implements BatchSource {
  private static final CarReader.Limits PACK =
      new CarReader.Limits(CommitEvent.MAX_BLOCKS, 100_000, CommitEvent.MAX_BLOCKS);

  private final Did did;
  private final Head head;
  private final Stores stores;
  private final Findings findings;
  private final Fingerprints nodes = new Fingerprints();
  private final Map<Cid, byte[]> young = new HashMap<>();

  TreeCheck(Did did, Head head, Stores stores, Findings findings) {
    this.did = did;
    this.head = head;
    this.stores = stores;
    this.findings = findings;
  }

  /** Takes the records of a tree in order. */
  interface Records {
    void record(String path, Cid cid);
  }

  /**
   * Walks over the tree.
   *
   * @return whether it could be walked to the end
   */
  boolean walk(Records records) {
    long found = 0;
    long bytes = 0;
    try {
      MstWalk walk = Mst.load(head.root(), this).walk();
      while (walk.hasNext()) {
        switch (walk.next()) {
          case MstStep.Node(Cid cid, byte[] block) -> {
            nodes.add(cid);
            bytes += block.length;
          }
          case MstStep.Record(String path, Cid cid) -> {
            records.record(path, cid);
            found++;
          }
        }
      }
      return true;
    } catch (MissingBlockException e) {
      findings.damage(Code.NODE_MISSING, RepoKeys.node(did, e.cid()), "is in the current tree");
      return false;
    } catch (DataException e) {
      findings.damage(Code.TREE_WRONG, head.root().toString(), String.valueOf(e.getMessage()));
      return false;
    } finally {
      findings.count(Tally.ofTree(found, nodes.size(), bytes));
    }
  }

  /** Looks at all nodes that are stored; to be called after a whole walk. */
  void checkStored() {
    stores.each(did, RepoKeys.nodes(), this::checkStored);
  }

  private void checkStored(Entry entry) {
    Cid cid = RepoKeys.nodeCid(entry.key());
    boolean needed = nodes.has(cid) && !head.young().contains(cid);
    if (needed && entry.expires() != null) {
      findings.damage(
          Code.NODE_EXPIRES, entry.key(), "is in the current tree, expires " + entry.expires());
    }
    if (!needed && entry.expires() == null) {
      Tid written = new Tid(entry.item().requireNumber("rev"));
      // One that was replaced a moment ago is not told to expire yet.
      Tid last = written.compareTo(head.rev()) > 0 ? written : head.rev();
      findings.leftover(Code.NODE_ORPHANED, entry.key(), last, "of revision " + written);
    }
  }

  @Override
  public Map<Cid, byte[]> loadAll(Collection<Cid> cids) {
    Map<Key, Cid> wanted = new HashMap<>();
    Map<Cid, byte[]> blocks = new HashMap<>();
    for (Cid cid : cids) {
      Optional<Tid> rev = head.young().rev(cid);
      if (rev.isPresent()) {
        young(cid, rev.get()).ifPresent(bytes -> blocks.put(cid, bytes));
      } else {
        wanted.put(RepoKeys.node(did, cid), cid);
      }
    }
    stores
        .index()
        .batchGet(wanted.keySet())
        .forEach(
            (key, item) -> {
              Cid cid = wanted.get(key);
              if (cid != null) {
                read(key, cid, item).ifPresent(bytes -> blocks.put(cid, bytes));
              }
            });
    return blocks;
  }

  /** A node that has no item yet, out of the pack of the commit that wrote it. */
  private Optional<byte[]> young(Cid cid, Tid rev) {
    if (!young.containsKey(cid)) {
      String name = RepoKeys.pack(did, rev);
      try {
        byte[] pack = stores.objects().get(name).orElseThrow(() -> new DataException("is missing"));
        try (CarReader car = new CarReader(new ByteArrayInputStream(pack), PACK)) {
          car.readAll()
              .forEach(
                  (found, bytes) -> {
                    if (head.young().contains(found)) {
                      young.put(found, bytes);
                    }
                  });
        }
      } catch (StoreException | DataException | IOException e) {
        findings.damage(Code.NODE_DAMAGED, name, "a young node: " + e.getMessage());
      }
    }
    return Optional.ofNullable(young.get(cid));
  }

  private Optional<byte[]> read(Key key, Cid cid, Item item) {
    try {
      byte[] bytes = Stored.read(cid, item, stores.objects());
      if (cid.addresses(bytes)) {
        return Optional.of(bytes);
      }
      findings.damage(Code.NODE_DAMAGED, key, "the bytes have another hash");
    } catch (StoreException | IllegalStateException | ArithmeticException e) {
      findings.damage(Code.NODE_DAMAGED, key, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }
}
