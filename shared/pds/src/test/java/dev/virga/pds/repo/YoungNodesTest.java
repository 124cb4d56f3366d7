package dev.virga.pds.repo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YoungNodesTest {
  private static Tid rev(int number) {
    return new Tid(number);
  }

  private static Cid node(int number) {
    return Cid.ofDagCbor(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  private static List<Cid> nodes(int from, int to) {
    return IntStream.range(from, to).mapToObj(YoungNodesTest::node).toList();
  }

  @Test
  void aCommitReplacesMostOfThem() {
    var first = YoungNodes.NONE.age(Set.of(), rev(1), nodes(0, 5));
    var second = first.young().age(Set.copyOf(nodes(0, 4)), rev(2), nodes(10, 15));

    assertThat(first.settled()).isEmpty();
    assertThat(second.settled()).isEmpty();
    assertThat(second.young().broods())
        .containsExactly(
            new YoungNodes.Brood(rev(1), nodes(4, 5)), new YoungNodes.Brood(rev(2), nodes(10, 15)));
    assertThat(second.young().latest()).isEqualTo(nodes(10, 15));
    assertThat(second.young().rev(node(4))).contains(rev(1));
    assertThat(second.young().contains(node(3))).isFalse();
    assertThat(second.young().size()).isEqualTo(6);
  }

  @Test
  void theOldestSettleWhenThereAreTooMany() {
    YoungNodes young = YoungNodes.NONE.age(Set.of(), rev(1), nodes(0, 8)).young();
    young = young.age(Set.of(), rev(2), nodes(10, 16)).young();
    var third = young.age(Set.of(), rev(3), nodes(20, 28));

    assertThat(third.settled().keySet()).containsExactlyElementsOf(nodes(2, 8));
    assertThat(third.settled().values()).containsOnly(rev(1));
    assertThat(third.young().size()).isEqualTo(YoungNodes.MAX_NODES);
  }

  @Test
  void theOldestBroodSettlesWhenThereAreTooManyBroods() {
    YoungNodes young = YoungNodes.NONE;
    for (int commit = 0; commit < YoungNodes.MAX_BROODS; commit++) {
      young = young.age(Set.of(), rev(commit), nodes(2 * commit, 2 * commit + 2)).young();
    }
    var next = young.age(Set.of(), rev(99), nodes(90, 91));

    assertThat(next.settled()).containsOnlyKeys(node(0), node(1));
    assertThat(next.young().broods()).hasSize(YoungNodes.MAX_BROODS);
  }

  @Test
  void aLargeCommitSettlesTheLowestLayersAtOnce() {
    var aged = YoungNodes.NONE.age(Set.of(), rev(1), nodes(0, 40));

    assertThat(aged.young().latest()).isEqualTo(nodes(0, YoungNodes.MAX_NODES));
    assertThat(aged.settled().keySet()).containsExactlyElementsOf(nodes(YoungNodes.MAX_NODES, 40));
  }

  @Test
  void fillTheHeadsItemUpToAKilobyte() {
    RepoFixture repo = new RepoFixture();
    YoungNodes young = YoungNodes.NONE;
    for (int commit = 1; commit <= YoungNodes.MAX_BROODS; commit++) {
      int most = YoungNodes.MAX_NODES - YoungNodes.MAX_BROODS + 1;
      young =
          young
              .age(
                  Set.of(),
                  Tid.of(commit, 5),
                  nodes(20 * commit, commit == 1 ? 20 + most : 20 * commit + 1))
              .young();
    }
    assertThat(young.size()).isEqualTo(YoungNodes.MAX_NODES);
    assertThat(YoungNodes.unpack(java.util.Objects.requireNonNull(young.pack()))).isEqualTo(young);
    assertThat(YoungNodes.NONE.pack()).isNull();

    Head head = repo.head();
    Head full =
        new Head(
            head.etag(),
            RepoState.ACTIVE,
            head.rev(),
            head.commit(),
            head.commitBlock(),
            head.root(),
            young,
            null);
    Key key = Heads.key(RepoFixture.DID);
    int names = "pk".length() + "sk".length();
    assertThat(full.toItem().bytes() + key.partition().length() + key.sort().length() + names)
        .isBetween(900, 1_024);
    assertThat(Head.from(full.toItem()).young()).isEqualTo(young);
  }

  /**
   * A tree that keeps returning to earlier shapes, while removals are noticed late, twice and out
   * of order, and what may be forgotten is.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void nothingThatIsInTheTreeIsEverForgotten(long seed) throws Exception {
    Random random = new Random(seed);
    RepoFixture repo = new RepoFixture();
    Map<String, Cid> model = new TreeMap<>();
    List<List<Change>> late = new ArrayList<>();
    for (int commit = 0; commit < 150; commit++) {
      String rkey = "k" + random.nextInt(40);
      if (model.remove("com.example.note/" + rkey) != null) {
        repo.write(RepoFixture.deletion(rkey));
      } else {
        repo.write(RepoFixture.creation(rkey));
        model.put("com.example.note/" + rkey, RepoFixture.record("note " + rkey).cid());
      }
      repo.memory.pump(late::add);
      if (!late.isEmpty() && random.nextInt(3) == 0) {
        repo.cleanup.accept(late.get(random.nextInt(late.size())));
      }
      if (random.nextInt(20) == 0) {
        repo.advance(Duration.ofDays(1));
        repo.memory.sweep(repo.now().minus(Duration.ofHours(1)));
      }
      assertThat(treeWithoutCache(repo)).as("seed %s commit %s", seed, commit).isEqualTo(model);
    }
  }

  private static Map<String, Cid> treeWithoutCache(RepoFixture repo) {
    Head head = repo.head();
    BlockSource nodes =
        new NodeStore(RepoFixture.DID, repo.memory, repo.objects, new BlockCache(0), head.young());
    Map<String, Cid> entries = new HashMap<>();
    Mst.load(head.root(), nodes).forEach(entries::put);
    return new TreeMap<>(entries);
  }

  @Test
  void readersOfAnOldHeadFindThemInPacks() throws Exception {
    RepoFixture repo = new RepoFixture();
    for (int i = 0; i < 30; i++) {
      repo.write(RepoFixture.creation("k%02d".formatted(i)));
    }
    Head old = repo.head();
    Map<String, Cid> before = treeWithoutCache(repo);
    for (int i = 30; i < 60; i++) {
      repo.write(RepoFixture.creation("k%02d".formatted(i)));
    }
    repo.settle();
    repo.memory.sweep(repo.now().plus(Duration.ofHours(23)));

    BlockSource nodes =
        new NodeStore(RepoFixture.DID, repo.memory, repo.objects, new BlockCache(0), old.young());
    Map<String, Cid> entries = new TreeMap<>();
    Mst.load(old.root(), nodes).forEach(entries::put);
    assertThat(entries).isEqualTo(before);
  }

  @Test
  void appendingWritesFarFewerItemsThanNodes() {
    RepoFixture repo = new RepoFixture();
    for (int i = 0; i < 500; i++) {
      repo.write(RepoFixture.creation("k%03d".formatted(i)));
    }
    long items =
        repo.memory.entries().stream().filter(e -> e.key().sort().startsWith("node#")).count();
    assertThat(items).isBetween(100L, 250L); // there are some 133 nodes in such a tree
    Item item =
        repo.memory.entries().stream()
            .filter(e -> e.key().sort().startsWith("node#"))
            .findFirst()
            .orElseThrow()
            .item();
    assertThat(item.number("rev")).isPresent();
  }
}
