package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeStoreTest {
  private static final int RECORDS = 600;

  /** Counts calls by method and what they ask for first. */
  private static final class Counting extends ForwardingIndex {
    final Map<String, Integer> calls = new HashMap<>();

    Counting(Index index) {
      super(index);
    }

    @Override
    protected <T> T around(String method, boolean write, String what, Body<T> body)
        throws ConditionFailedException {
      String name = method.equals("query") ? what.replaceAll(".* / ([a-z]+)#.*", "$1") : method;
      calls.merge(name, 1, Integer::sum);
      return super.around(method, write, what, body);
    }

    int calls(String name) {
      return calls.getOrDefault(name, 0);
    }
  }

  private static RepoFixture filled() {
    RepoFixture repo = new RepoFixture();
    for (int from = 0; from < RECORDS; from += 50) {
      RecordIntent[] intents = new RecordIntent[50];
      for (int i = 0; i < intents.length; i++) {
        intents[i] = creation("k%05d".formatted(from + i));
      }
      repo.write(intents);
    }
    return repo;
  }

  /** A process that knows nothing yet. */
  private static RepoExport fresh(RepoFixture repo, Index index) {
    RepoReader reader =
        new RepoReader(
            index,
            repo.objects,
            new Heads(index, new Redo(index, repo.objects)),
            new BlockCache(1 << 20));
    return new RepoExport(index, repo.objects, reader, Runnable::run);
  }

  private static byte[] export(RepoExport export, Head head) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    export.write(DID, head, null, car);
    return car.toByteArray();
  }

  @Test
  void anExportInAFreshProcessReadsNodesByThePage() throws Exception {
    RepoFixture repo = filled();
    Counting index = new Counting(repo.memory);
    RepoExport export = fresh(repo, index);
    byte[] car = export(export, repo.head());
    assertThat(car).isEqualTo(export(repo.export, repo.head()));
    assertThat(index.calls("node")).isEqualTo(1);
    assertThat(index.calls("batchGet") + index.calls("get")).isLessThanOrEqualTo(4);

    index.calls.clear();
    assertThat(export(export, repo.head())).isEqualTo(car);
    assertThat(index.calls).containsOnlyKeys("rec");
  }

  @Test
  void onlyExportsReadNodesTheyDidNotAskFor() {
    RepoFixture repo = filled();
    Counting index = new Counting(repo.memory);
    Head head = repo.head();
    List<Cid> nodes =
        repo.memory.entries().stream()
            .filter(entry -> entry.key().sort().startsWith("node#"))
            .map(entry -> RepoKeys.nodeCid(entry.key()))
            .toList();
    NodeStore store =
        new NodeStore(DID, index, repo.objects, new BlockCache(1 << 20), head.young());
    assertThat(store.loadAll(nodes)).hasSize(nodes.size());
    assertThat(index.calls).containsOnlyKeys("batchGet");
  }

  /** A page shows the tree as it is now, of which an older one has only a part. */
  @Test
  void anExportThatOthersOvertakeGoesOnReadingItsOwnTree() throws Exception {
    long seed = 11;
    Random random = new Random(seed);
    RepoFixture repo = filled();
    Head old = repo.head();
    byte[] before = export(repo.export, old);
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    OutputStream whileOthersWrite =
        new OutputStream() {
          @Override
          public void write(int one) {
            car.write(one);
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            car.write(bytes, from, length);
            commit();
          }

          private void commit() throws IOException {
            try {
              repo.write(creation("new" + car.size()));
              String rkey = "k%05d".formatted(random.nextInt(RECORDS));
              if (repo.reader.record(DID, RepoFixture.path(rkey)).isPresent()) {
                repo.write(deletion(rkey));
              }
              repo.settle();
            } catch (Exception e) {
              throw new IOException(e);
            }
          }
        };
    for (int i = 0; i < 40; i++) { // many replaced nodes have their end set before the first page
      repo.write(deletion("k%05d".formatted(i)));
    }
    repo.settle();
    fresh(repo, repo.memory).write(DID, old, null, whileOthersWrite);
    assertThat(car.toByteArray()).as("seed %s", seed).isEqualTo(before);
  }

  @Test
  void ofALargeRepositoryASmallPartIsReadAhead() {
    MemoryIndex memory = new MemoryIndex();
    List<Cid> nodes = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    int bytes = Stored.INLINE;
    int all = (int) (2 * NodeStore.MOST_AHEAD / bytes);
    for (int i = 0; i < all; i++) {
      byte[] block = ByteBuffer.allocate(bytes).putInt(i).array();
      Cid cid = Cid.ofDagCbor(block);
      nodes.add(cid);
      Item item = Item.builder().bytes("block", block).number("rev", i).build();
      entries.add(new Entry(RepoKeys.node(DID, cid), item, null));
    }
    for (int from = 0; from < all; from += 500) {
      memory.batchPut(entries.subList(from, Math.min(all, from + 500)));
    }
    Counting index = new Counting(memory);
    NodeStore store =
        new NodeStore(DID, index, new MemoryObjects(), new BlockCache(32 << 20), YoungNodes.NONE)
            .readingAll();
    for (int from = 0; from < all; from += 100) {
      List<Cid> some = nodes.subList(from, Math.min(all, from + 100));
      Map<Cid, byte[]> found = new LinkedHashMap<>(store.loadAll(some));
      assertThat(found).containsOnlyKeys(some);
    }
    assertThat(index.calls("node")).isEqualTo(3); // of 1,000 nodes each, 4 MB
    assertThat(index.calls("batchGet")).isGreaterThan(all / 100 - 2);
    assertThat(store.loadAll(List.of(Cid.ofDagCbor(new byte[] {1})))).isEmpty();
  }
}
