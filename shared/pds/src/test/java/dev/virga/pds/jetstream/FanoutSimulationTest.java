package dev.virga.pds.jetstream;

import static dev.virga.pds.jetstream.JetstreamFixture.ALICE;
import static dev.virga.pds.jetstream.JetstreamFixture.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.jetstream.JetstreamFixture.Doing;
import dev.virga.pds.jetstream.Posting.Outcome;
import dev.virga.pds.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections come and go, messages fail and processes die at random; no event may be lost. */
class FanoutSimulationTest {
  private static final Duration BUDGET = Duration.ofSeconds(5);

  private record Client(Filter filter, long from) {}

  /** One history, the same for the same seed as far as threads allow. */
  private static final class History {
    final JetstreamFixture world = new JetstreamFixture();
    final Gateway gateway = new Gateway();
    final AtomicInteger wakes = new AtomicInteger();
    final Map<String, Client> clients = new HashMap<>();
    final List<String> announced = new ArrayList<>();
    final Random random;
    final Random faults;
    double trouble;
    double deaths;

    final WebSocketApi api;

    History(long seed) {
      random = new Random(seed);
      faults = new Random(seed + 1);
      api =
          new WebSocketApi(
              new PowerCuts(world.index, () -> chance(deaths)),
              world.objects,
              world.log,
              gateway,
              wakes::incrementAndGet,
              world::now,
              new Random(seed + 2),
              world::pass);
      gateway.fault = id -> fault();
    }

    private boolean chance(double probability) {
      synchronized (faults) {
        return faults.nextDouble() < probability;
      }
    }

    private @Nullable Outcome fault() {
      if (chance(trouble / 20)) {
        throw new StoreException("the gateway is not to be reached");
      }
      gateway.deliversInDoubt = chance(0.5);
      return chance(trouble) ? Outcome.LATER : null;
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> write();
        case 3, 4, 5 -> survive(() -> api.afterBatch(BUDGET));
        case 6 -> connect();
        case 7 -> open();
        case 8 -> {
          if (wakes.getAndSet(0) > 0) {
            survive(() -> api.goOn(BUDGET));
          }
        }
        default -> world.pass(Duration.ofMillis(random.nextInt(3_000)));
      }
    }

    void write() {
      Did did = random.nextBoolean() ? ALICE : BOB;
      String collection = "com.example.c" + random.nextInt(3);
      switch (random.nextInt(3)) {
        case 0 -> world.activate(did);
        case 1 ->
            world.write(did, Doing.delete(collection + "/a"), Doing.delete(collection + "/b"));
        default -> world.write(did, Doing.create(collection + "/a", "text " + random.nextInt()));
      }
    }

    private void connect() {
      String id = "c" + clients.size();
      List<String> collections =
          random.nextBoolean() ? List.of() : List.of("com.example.c" + random.nextInt(3));
      List<String> dids = random.nextBoolean() ? List.of() : List.of(ALICE.text());
      Map<String, List<String>> query = new HashMap<>();
      query.put("wantedCollections", collections);
      query.put("wantedDids", dids);
      long from = world.log.last() + 1;
      if (random.nextBoolean()) {
        from = random.nextInt(4) == 0 ? 0 : Math.max(0, from - random.nextInt(5));
        query.put("cursor", List.of(Long.toString(from)));
      }
      long start = from;
      survive(
          () -> {
            api.connect(id, query, Optional.empty());
            clients.put(id, new Client(Filter.of(collections, dids, 0), start));
            announced.add(id);
          });
    }

    private void open() {
      announced.forEach(gateway::opened);
      announced.clear();
    }

    private void survive(Runnable call) {
      try {
        call.run();
      } catch (StoreException | PowerCuts.PowerCut e) {
        wakes.incrementAndGet(); // whoever called repeats it
      }
    }

    void settle() {
      trouble = 0;
      deaths = 0;
      open();
      world.pass(Turns.LENGTH);
      api.goOn(Duration.ofMinutes(5));
    }

    void check(String seed) {
      Connections connections = new Connections(world.index);
      for (Map.Entry<String, Client> each : clients.entrySet()) {
        Client client = each.getValue();
        List<String> expected = world.expected(client.filter(), client.from());
        List<String> got = gateway.distinct(each.getKey());
        if (connections.find(each.getKey()).isPresent()) {
          assertThat(got).as("%s %s", seed, each.getKey()).isEqualTo(expected);
        } else { // it was sent away, but had lost nothing by then
          assertThat(got)
              .as("%s %s", seed, each.getKey())
              .isEqualTo(expected.subList(0, got.size()));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.05, 0.3})
  void noEventIsLostAndOrderIsKeptWhateverFails(double trouble) {
    long seed = Long.getLong("virga.seed", 1);
    for (int run = 0; run < 40; run++) {
      History history = new History(seed + run);
      history.trouble = trouble;
      history.deaths = trouble / 20;
      for (int i = 0; i < 150; i++) {
        history.step();
      }
      history.settle();
      history.check("seed " + (seed + run));
      assertThat(history.clients).as("seed %d", seed + run).isNotEmpty();
    }
  }

  @Test
  void withoutTroubleNothingIsRepeated() {
    long seed = Long.getLong("virga.seed", 1);
    History history = new History(seed);
    for (int i = 0; i < 400; i++) {
      history.step();
    }
    history.settle();
    history.clients.forEach(
        (id, client) ->
            assertThat(history.gateway.of(id))
                .as("seed %d %s", seed, id)
                .isEqualTo(history.gateway.distinct(id)));
  }

  /** The clock stands still, so a turn only passes on by being given up. */
  @Test
  void severalSequencersFeedInTurnsWithoutLossRepetitionOrDisorder() throws Exception {
    long seed = Long.getLong("virga.seed", 1);
    History history = new History(seed);
    WebSocketApi api =
        new WebSocketApi(
            history.world.index,
            history.world.objects,
            history.world.log,
            history.gateway,
            history.wakes::incrementAndGet,
            history.world::now,
            new Random(seed),
            duration -> Thread.onSpinWait());
    for (int i = 0; i < 8; i++) {
      api.connect("c" + i, Map.of(), Optional.empty());
      history.gateway.opened("c" + i);
    }
    api.goOn(BUDGET);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> sequencers = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        sequencers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    synchronized (history) {
                      history.write();
                    }
                    api.afterBatch(BUDGET);
                  }
                }));
      }
      for (Future<?> sequencer : sequencers) {
        sequencer.get();
      }
    }
    List<String> expected = history.world.expected(Filter.ALL, 0);
    for (int i = 0; i < 8; i++) {
      assertThat(history.gateway.of("c" + i)).as("seed %d", seed).isEqualTo(expected);
    }
  }
}
