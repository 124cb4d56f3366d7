package dev.virga.pds.jetstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  private static final Did ALICE = Did.parse("did:web:alice.example.com");
  private static final Did BOB = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");

  private static JetstreamEvent event(Did did, String collection, int bytes) {
    return new JetstreamEvent(new Topic(did, collection), new byte[bytes]);
  }

  private static boolean wants(Filter filter, Did did, String collection) {
    return filter.wants(new Topic(did, collection));
  }

  @Test
  void withoutOptionsEverythingIsWanted() {
    Filter filter = Filter.of(List.of(), List.of(), 0);
    assertThat(filter).isEqualTo(Filter.ALL);
    assertThat(filter.admits(event(ALICE, "app.bsky.feed.post", 1_000_000))).isTrue();
    assertThat(filter.wants(new Topic(BOB, null))).isTrue();
  }

  @Test
  void collectionsMatchAsAWholeAndPrefixesAtADot() {
    Filter filter = Filter.of(List.of("app.bsky.feed.post", "app.bsky.graph.*"), List.of(), 0);
    assertThat(wants(filter, ALICE, "app.bsky.feed.post")).isTrue();
    assertThat(wants(filter, ALICE, "app.bsky.feed.postgate")).isFalse();
    assertThat(wants(filter, ALICE, "app.bsky.graph.follow")).isTrue();
    assertThat(wants(filter, ALICE, "app.bsky.graphs.follow")).isFalse();
    assertThat(wants(filter, ALICE, "app.bsky.feed.like")).isFalse();
  }

  @Test
  void aPrefixMayBeShorterThanACollection() {
    Filter filter = Filter.of(List.of("app.*"), List.of(), 0);
    assertThat(wants(filter, ALICE, "app.bsky.feed.post")).isTrue();
    assertThat(wants(filter, ALICE, "com.example.thing")).isFalse();
  }

  @Test
  void identitiesAndAccountsPassWhateverTheCollectionsButNotOtherAccounts() {
    Filter filter = Filter.of(List.of("app.bsky.feed.post"), List.of(ALICE.text()), 0);
    assertThat(filter.wants(new Topic(ALICE, null))).isTrue();
    assertThat(filter.wants(new Topic(BOB, null))).isFalse();
    assertThat(wants(filter, BOB, "app.bsky.feed.post")).isFalse();
  }

  @Test
  void anEventOfExactlyTheMostBytesPasses() {
    Filter filter = Filter.of(List.of(), List.of(), 500);
    assertThat(filter.admits(event(ALICE, "a.b.c", 500))).isTrue();
    assertThat(filter.admits(event(ALICE, "a.b.c", 501))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "post", "app.bsky.fo*", "app.bsky", "app.bsky.feed.post "})
  void whatIsNeitherCollectionNorPrefixIsRefusedByName(String wanted) {
    assertThatThrownBy(() -> Filter.of(List.of(wanted), List.of(), 0))
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.error()).isEqualTo("InvalidRequest");
            })
        .hasMessageContaining("wantedCollections");
  }

  @Test
  void whatIsNoDidIsRefusedByName() {
    assertThatThrownBy(() -> Filter.of(List.of(), List.of("alice.example.com"), 0))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("wantedDids");
  }

  @Test
  void aHundredCollectionsAndTenThousandAccountsAreTakenAndNoMore() {
    List<String> collections =
        new ArrayList<>(IntStream.range(0, 100).mapToObj(i -> "com.example.c" + i).toList());
    collections.add("com.example.c7");
    List<String> dids =
        new ArrayList<>(IntStream.range(0, 10_000).mapToObj(i -> "did:web:d" + i).toList());
    dids.add("did:web:d9");
    assertThat(Filter.of(collections, dids, 0).dids()).hasSize(10_000);
    collections.add("com.example.*");
    assertThatThrownBy(() -> Filter.of(collections, List.of(), 0)).hasMessageContaining("100");
    dids.add("did:web:more");
    assertThatThrownBy(() -> Filter.of(List.of(), dids, 0)).hasMessageContaining("10000");
  }

  @Test
  void survivesBeingStored() {
    Random random = new Random(4);
    for (int i = 0; i < 200; i++) {
      Filter filter = random(random);
      byte[] json = filter.toJson().getBytes(StandardCharsets.UTF_8);
      assertThat(Filter.from((Value.Obj) DataJson.parse(json)))
          .usingRecursiveComparison()
          .ignoringCollectionOrder()
          .isEqualTo(filter);
    }
  }

  private static Filter random(Random random) {
    List<String> collections =
        random
            .ints(random.nextInt(5), 0, 9)
            .mapToObj(i -> i < 5 ? "com.example.c" + i : "com.example" + i + ".*")
            .toList();
    List<String> dids =
        random.ints(random.nextInt(5), 0, 9).mapToObj(i -> "did:web:d" + i).toList();
    return Filter.of(collections, dids, random.nextInt(3) * 100L);
  }

  /** A second, slower opinion on random filters and topics. */
  @Test
  void agreesWithItsDefinitionOnRandomTopics() {
    long seed = Long.getLong("virga.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Filter filter = random(random);
      String collection =
          "com.example"
              + (random.nextBoolean() ? "" : random.nextInt(9))
              + ".c"
              + random.nextInt(9);
      Did did = Did.parse("did:web:d" + random.nextInt(9));
      boolean byDid = filter.dids().isEmpty();
      for (Did wanted : filter.dids()) {
        byDid |= wanted.equals(did);
      }
      boolean byCollection = filter.collections().isEmpty() && filter.prefixes().isEmpty();
      for (String wanted : filter.collections()) {
        byCollection |= wanted.equals(collection);
      }
      for (String prefix : filter.prefixes()) {
        byCollection |= collection.startsWith(prefix);
      }
      assertThat(wants(filter, did, collection))
          .as("seed %d", seed)
          .isEqualTo(byDid && byCollection);
      assertThat(filter.wants(new Topic(did, null))).as("seed %d", seed).isEqualTo(byDid);
    }
  }

  @Test
  void optionsUpdatesReplaceTheFilter() {
    Filter filter =
        ClientMessage.filter(
                utf8(
                    """
                    {"type": "options_update", "payload": {"wantedCollections": ["app.bsky.feed.*"],
                     "wantedDids": ["did:web:alice.example.com"], "maxMessageSizeBytes": -3}}
                    """))
            .orElseThrow();
    assertThat(filter).isEqualTo(Filter.of(List.of("app.bsky.feed.*"), List.of(ALICE.text()), 0));
    assertThat(ClientMessage.filter(utf8("{\"type\":\"options_update\"}"))).contains(Filter.ALL);
  }

  @Test
  void messagesOfOtherTypesAreIgnored() {
    assertThat(ClientMessage.filter(utf8("{\"type\":\"ping\"}"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "hello",
        "{}",
        "{\"type\":7}",
        "{\"type\":\"options_update\",\"payload\":3}",
        "{\"type\":\"options_update\",\"payload\":{\"wantedDids\":\"did:web:a\"}}",
        "{\"type\":\"options_update\",\"payload\":{\"wantedDids\":[1]}}",
        "{\"type\":\"options_update\",\"payload\":{\"maxMessageSizeBytes\":\"1\"}}"
      })
  void malformedMessagesAreNamed(String message) {
    assertThatThrownBy(() -> ClientMessage.filter(utf8(message))).isInstanceOf(DataException.class);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
