package dev.virga.pds.jetstream;

import static dev.virga.pds.jetstream.JetstreamFixture.ALICE;
import static dev.virga.pds.jetstream.JetstreamFixture.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.XrpcException;
import dev.virga.pds.jetstream.JetstreamFixture.Doing;
import dev.virga.pds.jetstream.Posting.Outcome;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WebSocketApiTest {
  private static final Duration BUDGET = Duration.ofSeconds(20);

  private final JetstreamFixture world = new JetstreamFixture();
  private final Gateway gateway = new Gateway();
  private final AtomicInteger wakes = new AtomicInteger();
  private final WebSocketApi api = api();

  private WebSocketApi api() {
    return new WebSocketApi(
        world.index,
        world.objects,
        world.log,
        gateway,
        wakes::incrementAndGet,
        world::now,
        new Random(1),
        world::pass);
  }

  private void connect(String id, Map<String, List<String>> query) {
    api.connect(id, query, Optional.empty());
    gateway.opened(id);
    api.goOn(BUDGET);
  }

  private void connect(String id) {
    connect(id, Map.of());
  }

  private static String wanting(String collections, String dids) {
    return """
    {"type":"options_update","payload":{"wantedCollections":%s,"wantedDids":%s}}\
    """
        .formatted(collections, dids);
  }

  @Test
  void newEventsReachEveryConnectionThatWantsThem() {
    connect("all");
    connect("notes", Map.of("wantedCollections", List.of("com.example.note")));
    connect("bob", Map.of("wantedDids", List.of(BOB.text())));
    world.write(
        ALICE, Doing.create("com.example.note/1", "hello"), Doing.delete("com.example.x/2"));
    world.activate(ALICE);
    world.write(BOB, Doing.delete("com.example.x/3"));
    api.afterBatch(BUDGET);
    assertThat(gateway.of("all")).isEqualTo(world.expected(Filter.ALL, 0)).hasSize(4);
    assertThat(gateway.of("notes")).hasSize(2);
    assertThat(gateway.of("notes").getFirst()).contains("hello");
    assertThat(gateway.of("bob")).hasSize(1);
    assertThat(gateway.of("bob").getFirst()).contains(BOB.text());
  }

  @Test
  void aBatchThatIsRepeatedRepeatsNothing() {
    connect("a");
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
  }

  /** Reads and queries count once, transactions twice. */
  @Test
  void aBatchCostsTwoReadsThreeQueriesAndTwoWritesHoweverManyConnections() {
    AtomicInteger calls = new AtomicInteger();
    WebSocketApi counted =
        new WebSocketApi(
            new PowerCuts(world.index, () -> calls.incrementAndGet() < 0),
            world.objects,
            new EventLog(
                new PowerCuts(world.index, () -> calls.incrementAndGet() < 0),
                world::now,
                Duration.ofDays(3)),
            gateway,
            wakes::incrementAndGet,
            world::now,
            new Random(1),
            world::pass);
    world.activate(ALICE);
    for (int i = 0; i < 5; i++) {
      connect("c" + i);
    }
    world.activate(ALICE);
    world.activate(BOB);
    counted.afterBatch(BUDGET);
    assertThat(gateway.of("c4")).hasSize(2);
    assertThat(calls).hasValue(2 + 3 + 2 * 2);
  }

  @Test
  void withoutConnectionsNothingIsWritten() {
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(new Turns(world.index, world::now, new Random(1)).state().version()).isZero();
  }

  @Test
  void aCursorReplaysFromItsOwnEventOnAndGoesOnLive() {
    world.activate(ALICE);
    long cursor = world.activate(BOB);
    world.write(ALICE, Doing.create("com.example.note/1", "hello"));
    connect("a", Map.of("cursor", List.of(Long.toString(cursor))));
    assertThat(gateway.of("a")).isEqualTo(world.expected(Filter.ALL, cursor)).hasSize(2);
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).isEqualTo(world.expected(Filter.ALL, cursor)).hasSize(3);
  }

  @Test
  void aLongReplayIsFinishedOverManyRounds() {
    for (int i = 0; i < 300; i++) {
      world.activate(ALICE);
    }
    connect("a", Map.of("cursor", List.of("0")));
    assertThat(gateway.of("a")).isEqualTo(world.expected(Filter.ALL, 0)).hasSize(300);
  }

  @Test
  void eventsBetweenConnectAndTheFirstRoundAreNotLost() {
    api.connect("a", Map.of(), Optional.empty());
    world.activate(ALICE);
    gateway.opened("a");
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
    assertThat(wakes).hasValue(1);
  }

  @Test
  void aConnectionThatIsNotOpenYetIsNotTakenForGone() {
    api.connect("a", Map.of("cursor", List.of("0")), Optional.empty());
    world.activate(ALICE);
    AtomicInteger looks = new AtomicInteger();
    gateway.received.put("a", new java.util.concurrent.CopyOnWriteArrayList<>());
    gateway.open.add("a");
    gateway.fault = id -> looks.incrementAndGet() < 5 ? Outcome.GONE : null;
    api.goOn(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
  }

  @Test
  void aConnectionThatIsGoneIsForgotten() {
    connect("a");
    connect("b");
    world.pass(Duration.ofMinutes(1));
    gateway.open.remove("a");
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("b")).hasSize(1);
    assertThat(new Connections(world.index).find("a")).isEmpty();
    assertThat(new Connections(world.index).find("b")).isPresent();
  }

  @Test
  void disconnectingForgetsTheConnection() {
    connect("a");
    api.disconnect("a");
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).isEmpty();
    assertThat(new Connections(world.index).none()).isTrue();
  }

  @Test
  void oneThatIsBusyGetsItsEventsLaterAndHoldsNobodyUp() {
    connect("busy");
    connect("free");
    Queue<Outcome> outcomes =
        new ArrayDeque<>(List.of(Outcome.LATER, Outcome.LATER, Outcome.LATER));
    gateway.fault = id -> id.equals("busy") ? outcomes.poll() : null;
    for (int i = 0; i < 10; i++) {
      world.activate(ALICE);
    }
    api.afterBatch(BUDGET);
    assertThat(gateway.of("free")).isEqualTo(world.expected(Filter.ALL, 0));
    assertThat(gateway.of("busy")).isEqualTo(world.expected(Filter.ALL, 0));
  }

  @Test
  void oneThatTakesNothingForAMinuteIsSentAway() {
    connect("dead");
    connect("alive");
    gateway.fault = id -> id.equals("dead") ? Outcome.LATER : null;
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(wakes.get()).as("called again, to go on").isEqualTo(3);
    for (int i = 0; i < 10 && gateway.ended.isEmpty(); i++) {
      api.goOn(BUDGET);
    }
    assertThat(gateway.ended).containsExactly("dead");
    assertThat(new Connections(world.index).find("dead")).isEmpty();
    assertThat(gateway.of("alive")).hasSize(1);
  }

  @Test
  void aGatewayThatIsOutOfReachLosesNothing() {
    connect("a");
    world.activate(ALICE);
    gateway.fault =
        id -> {
          throw new StoreException("the gateway is not to be reached");
        };
    assertThatThrownBy(() -> api.afterBatch(BUDGET)).isInstanceOf(StoreException.class);
    gateway.fault = id -> null;
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
  }

  @Test
  void aTurnWhoseHolderDiedIsTakenOver() {
    connect("a");
    world.activate(ALICE);
    Turns turns = new Turns(world.index, world::now, new Random(2));
    assertThat(turns.take(world.log.last())).isInstanceOf(Turns.Attempt.Mine.class);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).isEmpty();
    assertThat(wakes.get()).as("others wait for the end of the turn").isEqualTo(2);
    api.goOn(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
  }

  @Test
  void aTurnDoesNotEndBelowWhatOthersWanted() {
    connect("a");
    Turns turns = new Turns(world.index, world::now, new Random(2));
    if (!(turns.take(5) instanceof Turns.Attempt.Mine(Turns.Turn turn))) {
      throw new AssertionError("the turn was free");
    }
    assertThat(turns.take(9)).isInstanceOf(Turns.Attempt.Theirs.class);
    assertThat(turn.finish(5, 1)).isFalse();
    assertThat(turn.finish(9, 1)).isTrue();
    assertThat(turns.take(9)).isInstanceOf(Turns.Attempt.Mine.class);
  }

  @Test
  void aTurnThatWasTakenOverCannotGoOn() {
    Turns turns = new Turns(world.index, world::now, new Random(2));
    if (!(turns.take(5) instanceof Turns.Attempt.Mine(Turns.Turn turn))) {
      throw new AssertionError("the turn was free");
    }
    world.pass(Turns.LENGTH);
    assertThat(turns.take(5)).isInstanceOf(Turns.Attempt.Mine.class);
    assertThatThrownBy(turn::keep).isInstanceOf(Turns.LostException.class);
    assertThatThrownBy(() -> turn.advance(6, 1)).isInstanceOf(Turns.LostException.class);
  }

  @Test
  void messagesLongerThanTheGatewayTakesAreLeftOut() {
    connect("a");
    world.write(
        ALICE,
        Doing.create("com.example.note/1", "x".repeat(WebSocketApi.MAX_MESSAGE)),
        Doing.create("com.example.note/2", "short"));
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
    assertThat(gateway.of("a").getFirst()).contains("short");
  }

  @Test
  void anUpdateReplacesTheFilterFromThenOn() {
    connect("a", Map.of("wantedCollections", List.of("com.example.note")));
    world.write(ALICE, Doing.create("com.example.note/1", "first"));
    api.afterBatch(BUDGET);
    api.receive("a", wanting("[\"com.example.other.*\"]", "[]"));
    world.write(ALICE, Doing.create("com.example.note/2", "second"));
    world.write(ALICE, Doing.create("com.example.other.thing/3", "third"));
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(2);
    assertThat(gateway.of("a").get(0)).contains("first");
    assertThat(gateway.of("a").get(1)).contains("third");
  }

  @Test
  void longFiltersWorkAndAreReadOnceForEachVersion() {
    String dids =
        IntStream.range(0, 3_000)
            .mapToObj(i -> "\"did:web:d" + i + ".example.com\"")
            .collect(Collectors.joining(",", "[", "]"));
    connect("a");
    api.receive("a", wanting("[]", dids));
    world.write(ALICE, Doing.create("com.example.note/1", "unwanted"));
    world.activate(dev.virga.atproto.syntax.Did.parse("did:web:d2999.example.com"));
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(1);
    api.receive("a", wanting("[]", "[]"));
    world.write(ALICE, Doing.create("com.example.note/1", "wanted"));
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(2);
  }

  @Test
  void whoAwaitsAHelloGetsNothingBeforeIt() {
    world.activate(BOB);
    connect("a", Map.of("requireHello", List.of("true"), "cursor", List.of("0")));
    connect("b", Map.of("requireHello", List.of("true")));
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).isEmpty();
    api.receive("a", wanting("[]", "[]"));
    api.receive("b", wanting("[]", "[]"));
    api.goOn(BUDGET);
    assertThat(gateway.of("a")).as("from its cursor").hasSize(2);
    assertThat(gateway.of("b")).as("live only").isEmpty();
    world.activate(ALICE);
    api.afterBatch(BUDGET);
    assertThat(gateway.of("a")).hasSize(3);
    assertThat(gateway.of("b")).hasSize(1);
  }

  @Test
  void otherMessagesAreIgnoredAndMalformedOnesEndTheConnection() {
    connect("a");
    connect("b");
    connect("c");
    api.receive("a", "{\"type\":\"ping\"}");
    api.receive("nobody", wanting("[]", "[]"));
    api.receive("b", "what?");
    api.receive("c", wanting("[\"*\"]", "[]"));
    assertThat(gateway.ended).containsExactly("b", "c");
    assertThat(new Connections(world.index).all()).extracting(Connection::id).containsExactly("a");
  }

  @Test
  void badParametersAreRefused() {
    assertThatThrownBy(() -> api.connect("a", Map.of("wantedDids", List.of("x")), Optional.empty()))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.status()).isEqualTo(400));
    assertThat(new Connections(world.index).none()).isTrue();
  }

  @Test
  void thereIsALimitOfConnections() {
    for (int i = 0; i < WebSocketApi.MAX_CONNECTIONS; i++) {
      api.connect("c" + i, Map.of(), Optional.empty());
    }
    api.goOn(BUDGET);
    assertThatThrownBy(() -> api.connect("more", Map.of(), Optional.empty()))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.status()).isEqualTo(503));
  }

  @Test
  void aReplayDoesNotHoldUpWhoIsLive() {
    connect("live");
    for (int i = 0; i < 400; i++) {
      world.activate(ALICE);
    }
    api.afterBatch(BUDGET);
    gateway.fault =
        id -> {
          world.pass(Duration.ofMillis(20)); // what a message takes
          return null;
        };
    api.connect("replay", Map.of("cursor", List.of("0")), Optional.empty());
    gateway.opened("replay");
    world.activate(BOB);
    api.goOn(Duration.ZERO);
    assertThat(gateway.of("live")).hasSize(401);
    assertThat(gateway.of("replay")).hasSizeBetween(10, 60);
    assertThat(wakes.get()).isEqualTo(3);
    api.goOn(BUDGET);
    assertThat(gateway.of("replay")).isEqualTo(world.expected(Filter.ALL, 0));
  }
}
