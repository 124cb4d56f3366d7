package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.path;
import static dev.virga.pds.repo.RepoFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstStep;
import dev.virga.atproto.repo.MstWalk;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Tid;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RepoExportTest {
  private final RepoFixture repo = new RepoFixture();

  private Map<Cid, byte[]> export(Head head, @Nullable Tid since) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    repo.export.write(DID, head, since, out);
    Map<Cid, byte[]> blocks = new LinkedHashMap<>();
    try (CarReader car =
        new CarReader(
            new ByteArrayInputStream(out.toByteArray()),
            new CarReader.Limits(2_000_000, 1_000_000, 1L << 30))) {
      assertThat(car.root()).isEqualTo(head.commit());
      for (Optional<Block> next = car.next(); next.isPresent(); next = car.next()) {
        assertThat(blocks.put(next.get().cid(), next.get().bytes())).as("block twice").isNull();
      }
    }
    return blocks;
  }

  /** The blocks of the tree with that root, in the order in which they should be exported. */
  private static List<Cid> order(Head head, Map<Cid, byte[]> blocks) {
    List<Cid> order = new ArrayList<>(List.of(head.commit()));
    MstWalk steps = Mst.load(head.root(), BlockSource.of(blocks)).walk();
    while (steps.hasNext()) {
      order.add(
          switch (steps.next()) {
            case MstStep.Node(Cid cid, var _) -> cid;
            case MstStep.Record(var _, Cid cid) -> cid;
          });
    }
    return order;
  }

  private void randomCommits(Random random, int commits) {
    for (int commit = 0; commit < commits; commit++) {
      Map<RepoPath, RecordIntent> intents = new HashMap<>();
      for (int i = random.nextInt(1, 20); i > 0; i--) {
        String rkey = "r" + random.nextInt(400);
        boolean there = repo.reader.record(DID, path(rkey)).isPresent();
        intents.put(
            path(rkey),
            there && random.nextInt(4) == 0
                ? deletion(rkey)
                : new RecordIntent.Put(
                    path(rkey), record(rkey + random.nextInt(9)), RecordIntent.Swap.ANY));
      }
      repo.writer.write(DID, List.copyOf(intents.values()), null);
    }
  }

  @Test
  void exportsAreInPreOrderWithTheRecordsBetween() throws IOException {
    randomCommits(new Random(1), 40);
    Head head = repo.head();
    Map<Cid, byte[]> blocks = export(head, null);
    assertThat(blocks.keySet()).containsExactlyElementsOf(order(head, blocks));
  }

  @Test
  void anEmptyRepositoryIsItsCommitAndItsRoot() throws IOException {
    Head head = repo.head();
    assertThat(export(head, null)).containsOnlyKeys(head.commit(), head.root());
  }

  @Test
  void exportsSinceEachRevisionAddUpToTheWhole() throws IOException {
    long seed = 5;
    Random random = new Random(seed);
    Map<Cid, byte[]> gathered = new HashMap<>(export(repo.head(), null));
    for (int step = 0; step < 25; step++) {
      Tid since = repo.head().rev();
      randomCommits(random, random.nextInt(1, 4));
      gathered.putAll(export(repo.head(), since));
      Map<Cid, byte[]> whole = export(repo.head(), null);
      assertThat(gathered.keySet()).as("seed %s step %s", seed, step).containsAll(whole.keySet());
    }
  }

  @Test
  void anExportSinceTheHeadHoldsNothingAndOneSinceTheLastCommitLittle() throws IOException {
    randomCommits(new Random(2), 60);
    Tid before = repo.head().rev();
    assertThat(export(repo.head(), before)).isEmpty();
    repo.write(creation("zzz"));
    Head head = repo.head();
    assertThat(export(head, before))
        .containsKeys(head.commit(), head.root(), record("note zzz").cid())
        .hasSizeLessThan(12);
  }

  @Test
  void anExportGoesOnReadingTheTreeThatItBeganWith() throws Exception {
    for (int i = 0; i < 30; i++) {
      repo.write(creation("k" + i));
    }
    Head old = repo.head();
    Map<Cid, byte[]> before = export(old, null);
    repo.write(
        deletion("k3"), new RecordIntent.Put(path("k4"), record("other"), RecordIntent.Swap.ANY));
    repo.write(creation("k3x"));
    repo.settle();
    assertThat(export(old, null).keySet()).containsExactlyElementsOf(before.keySet());
  }

  @Test
  void replacedNodesAndRecordsAreForgottenInTheEndAndNothingElseIs() throws Exception {
    randomCommits(new Random(3), 60);
    repo.settle();
    Map<Cid, byte[]> whole = export(repo.head(), null);
    repo.memory.sweep(RepoFixture.START.plus(Duration.ofDays(2)));
    assertThat(export(repo.head(), null).keySet()).isEqualTo(whole.keySet());
    long nodes =
        repo.memory.entries().stream()
            .filter(entry -> entry.key().sort().startsWith("node#"))
            .count();
    long inTree =
        order(repo.head(), whole).stream()
            .filter(cid -> repo.memory.get(RepoKeys.node(DID, cid)).isPresent())
            .count();
    assertThat(nodes).isEqualTo(inTree);
    assertThat(repo.memory.entries()).noneMatch(entry -> entry.key().sort().startsWith("gone#"));
  }

  @Test
  void proofsHoldThePathToARecordOrToItsAbsence() {
    randomCommits(new Random(4), 40);
    repo.write(creation("present"));
    Head head = repo.head();
    for (String rkey : List.of("present", "absent")) {
      Map<Cid, byte[]> blocks = new HashMap<>();
      for (Block block : repo.reader.proof(DID, path(rkey)).orElseThrow().blocks()) {
        assertThat(block.cid().addresses(block.bytes())).isTrue();
        blocks.put(block.cid(), block.bytes());
      }
      Optional<Cid> proved =
          Mst.load(head.root(), BlockSource.of(blocks)).get(path(rkey).toString());
      assertThat(proved.isPresent()).isEqualTo(rkey.equals("present"));
      proved.ifPresent(cid -> assertThat(blocks).containsKey(cid));
    }
  }

  @Test
  void blocksAreFoundByTheirCids() {
    repo.write(creation("a"), creation("b"));
    Head head = repo.head();
    for (Cid cid : List.of(head.commit(), head.root(), record("note a").cid())) {
      Block block = repo.reader.block(DID, head, cid).orElseThrow();
      assertThat(cid.addresses(block.bytes())).isTrue();
    }
    repo.write(deletion("a"));
    assertThat(repo.reader.block(DID, repo.head(), record("note a").cid())).isEmpty();
    assertThat(repo.reader.block(DID, repo.head(), record("note b").cid())).isPresent();
  }

  @Test
  void collectionsAndPagesOfRecords() {
    for (int i = 0; i < 25; i++) {
      repo.write(creation("k%02d".formatted(i)));
    }
    repo.write(
        new RecordIntent.Create(RepoPath.parse("com.example.note.sub/x"), record("sub"), true),
        new RecordIntent.Create(RepoPath.parse("com.example.a/x"), record("first"), true));
    assertThat(repo.reader.collections(DID))
        .extracting(Object::toString)
        .containsExactly("com.example.a", "com.example.note.sub", "com.example.note");
    List<String> seen = new ArrayList<>();
    @Nullable String cursor = null;
    List<RepoRecord> page;
    do {
      page = repo.reader.records(DID, path("k").collection(), 10, cursor, false);
      page.forEach(found -> seen.add(found.rkey()));
      cursor = page.isEmpty() ? null : page.getLast().rkey();
    } while (!page.isEmpty());
    assertThat(seen).hasSize(25).startsWith("k24", "k23").endsWith("k01", "k00");
    assertThat(repo.reader.records(DID, path("k").collection(), 2, "k10", true))
        .extracting(RepoRecord::rkey)
        .containsExactly("k11", "k12");
  }
}
