package dev.virga.pds.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.store.Write;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that can go wrong, at every single call that an operation makes, in turn. */
class CrashPointsTest {
  private static final String OVERTAKER = "com.example.note/overtaker";
  private static final List<String> SUMMARY = new ArrayList<>();

  @TempDir static Path scratch;

  /** What a client asks for. */
  private interface Request {
    void run(Server server, Did did) throws Exception;
  }

  /** An operation, and the world before it. */
  private record Operation(String name, Write.Limits limits, Request before, Request request) {
    Operation(String name, Request before, Request request) {
      this(name, Write.Limits.EVERYWHERE, before, request);
    }

    /** The same on a store that takes it in one transaction. */
    Operation atOnce() {
      return new Operation(name + " at once", new Write.Limits(5_000, 9_000_000), before, request);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static void records(Server server, Did did) {
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      intents.add(Operations.create("k%03d".formatted(i), "note " + i));
    }
    Operations.write(server, did, intents.toArray(RecordIntent[]::new));
    BlobRef blob = Operations.upload(server, did, "a picture");
    Operations.write(server, did, Operations.create("picture", "with a picture", blob));
    Operations.write(server, did, Operations.create("like", "like of something"));
    Operations.write(server, did, Operations.create("large", "x".repeat(5_000)));
  }

  /** A tree with nodes too large for items, which point into packs instead. */
  private static void largeNodes(Server server, Did did) {
    Random random = new Random(1);
    List<RecordIntent> intents = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      StringBuilder key = new StringBuilder();
      while (key.length() < 500) {
        key.append((char) ('a' + random.nextInt(26)));
      }
      intents.add(Operations.create(key.toString(), "note " + i));
    }
    Operations.write(server, did, intents.toArray(RecordIntent[]::new));
    assertThat(server.world.index.entries())
        .anyMatch(
            entry ->
                entry.key().sort().startsWith("node#") && entry.item().text("pack").isPresent());
  }

  private static void removeRecords(Server server, Did did) {
    Operations.write(
        server,
        did,
        IntStream.range(0, 200)
            .mapToObj(i -> Operations.delete("k%03d".formatted(i)))
            .toArray(RecordIntent[]::new));
    Operations.write(
        server,
        did,
        Operations.delete("picture"),
        Operations.delete("like"),
        Operations.delete("large"));
  }

  private static void nothing(Server server, Did did) {}

  static Stream<Operation> operations() {
    byte[][] car = new byte[1][];
    Request importing = (server, did) -> Operations.importCar(server, did, car[0]);
    Request exported =
        (server, did) -> {
          records(server, did);
          car[0] = Operations.export(server, did, server.heads.find(did).orElseThrow());
        };
    Operation returning =
        new Operation(
            "importRepo",
            (server, did) -> {
              exported.run(server, did);
              for (int i = 0; i < 10; i++) {
                Operations.write(
                    server, did, Operations.delete("k10" + i), Operations.create("n" + i, "n"));
              }
            },
            importing);
    Operation moving =
        new Operation(
            "importRepo into an empty repository",
            (server, did) -> {
              exported.run(server, did);
              removeRecords(server, did);
            },
            importing);
    return Stream.of(
        new Operation(
            "createRecord",
            CrashPointsTest::records,
            (server, did) -> Operations.write(server, did, Operations.create("new", "new"))),
        new Operation(
            "createRecord with a blob",
            (server, did) -> {
              records(server, did);
              BlobRef _ = Operations.upload(server, did, "another picture");
            },
            (server, did) -> {
              BlobRef blob = Operations.upload(server, did, "another picture");
              Operations.write(server, did, Operations.create("new", "new", blob));
            }),
        new Operation(
            "createRecord of a second like",
            CrashPointsTest::records,
            (server, did) ->
                Operations.write(server, did, Operations.create("again", "like of something"))),
        new Operation(
            "putRecord",
            CrashPointsTest::records,
            (server, did) -> Operations.write(server, did, Operations.put("k017", "replaced"))),
        new Operation(
            "deleteRecord",
            CrashPointsTest::records,
            (server, did) -> Operations.write(server, did, Operations.delete("picture"))),
        writes(1),
        writes(50),
        writes(200),
        writes(200).atOnce(),
        returning,
        returning.atOnce(),
        moving,
        moving.atOnce(),
        new Operation(
            "createRecord among large nodes",
            CrashPointsTest::largeNodes,
            (server, did) -> Operations.write(server, did, Operations.create("new", "new"))),
        new Operation(
            "importRepo among large nodes",
            (server, did) -> {
              largeNodes(server, did);
              car[0] = Operations.export(server, did, server.heads.find(did).orElseThrow());
              Operations.write(server, did, Operations.create("n", "n"));
              Operations.write(server, did, Operations.create("zzz", "n"));
            },
            (server, did) -> Operations.importCar(server, did, car[0])),
        new Operation(
            "createAccount",
            CrashPointsTest::nothing,
            (server, did) -> Operations.signUp(server, "bob")),
        new Operation(
            "deleteAccount",
            CrashPointsTest::records,
            (server, did) -> server.deletion.delete(did)),
        new Operation(
            "updateHandle",
            CrashPointsTest::nothing,
            (server, did) -> server.handleChanges.change(did, Handle.parse("alys.pds.test"))),
        new Operation(
            "takedown",
            CrashPointsTest::records,
            (server, did) ->
                server.changes.moderate(
                    did, status -> new AccountStatus.Takendown("ref", status.own()))),
        new Operation(
            "takedown of a record",
            CrashPointsTest::records,
            (server, did) -> server.takedowns.set(did, Operations.path("k003"), "ref")),
        new Operation("the sequencer", CrashPointsTest::records, CrashPointsTest::sequence));
  }

  /** Some commits, of which this process is told by the change feed. */
  private static void sequence(Server server, Did did) throws Exception {
    Server writer = new Server(server.world, 4);
    Operations.write(writer, did, Operations.put("k001", "replaced"));
    Operations.write(writer, did, Operations.delete("picture"));
    Operations.write(writer, did, Operations.mixed(60).toArray(RecordIntent[]::new));
    server.world.index.pump(
        batch -> {
          server.sequencer.accept(batch);
          server.cleanup.accept(batch);
        });
  }

  private static Operation writes(int count) {
    return new Operation(
        "applyWrites of " + count,
        CrashPointsTest::records,
        (server, did) ->
            Operations.write(server, did, Operations.mixed(count).toArray(RecordIntent[]::new)));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void whateverGoesWrongAtWhateverCallAllIsDoneOrNothing(Operation operation) throws Exception {
    World origin = new World(1, scratch, operation.limits());
    Server first = new Server(origin, 1);
    Did did = Operations.signUp(first, "alice");
    operation.before().run(first, did);
    new Recovery(origin).drain();

    Map<String, Recovery.View> before = views(origin.copy(2));
    World undisturbed = origin.copy(2);
    operation.request().run(new Server(undisturbed, 2), did);
    Map<String, Recovery.View> after = views(undisturbed);

    int points = 0;
    int calls = 0;
    for (Faults.Kind kind : Faults.Kind.values()) {
      int call = 0;
      while (tryAt(operation, origin.copy(2), did, call, kind, before, after)) {
        call++;
      }
      calls = Math.max(calls, call);
      points += call;
    }
    SUMMARY.add("%-35s %4d calls, %5d points".formatted(operation.name(), calls, points));
    assertThat(points).isPositive();
  }

  /** Makes one thing go wrong; false if there is no such call. */
  private static boolean tryAt(
      Operation operation,
      World world,
      Did did,
      int call,
      Faults.Kind kind,
      Map<String, Recovery.View> before,
      Map<String, Recovery.View> after)
      throws Exception {
    Server server = new Server(world, 2);
    server.faults.plan(call, kind, () -> overtake(world, did));
    boolean done = false;
    try {
      operation.request().run(server, did);
      done = true;
    } catch (Faults.Death | StoreException | XrpcException e) {
      // The client does not know, or knows that it was not done.
    }
    if (!server.faults.struck()) {
      return false;
    }
    String what = operation.name() + ", " + kind + " at call " + call + " " + server.faults.where();
    Map<String, Recovery.View> found = views(world);
    if (done) {
      assertThat(found).as(what).isEqualTo(after);
    } else {
      assertThat(found).as(what).isIn(before, after);
    }
    Recovery recovery = new Recovery(world);
    assertThat(recovery.complaints()).as(what).isEmpty();
    if (recovery.accounts().contains(did) && found.toString().contains("repoState=active")) {
      Operations.write(recovery.server, did, Operations.create("afterwards", "all is well"));
      recovery.drain();
      assertThat(recovery.complaints()).as(what + ", afterwards").isEmpty();
    }
    return true;
  }

  /** Another process writes to the same repository, if it may. */
  private static void overtake(World world, Did did) {
    try {
      Operations.write(new Server(world, 3), did, Operations.create("overtaker", "first"));
    } catch (XrpcException e) {
      // It is too late for that.
    }
  }

  /** What is there after recovery, but for what an overtaker wrote. */
  private static Map<String, Recovery.View> views(World world) throws Exception {
    Recovery recovery = new Recovery(world);
    recovery.recover();
    Map<String, Recovery.View> views = new TreeMap<>();
    recovery
        .views()
        .forEach(
            (email, view) -> {
              Map<String, dev.virga.atproto.data.Cid> records = new TreeMap<>(view.records());
              records.remove(OVERTAKER);
              views.put(
                  email,
                  new Recovery.View(view.handle(), view.status(), view.repoState(), records));
            });
    return views;
  }

  @AfterAll
  static void sum() {
    System.out.println("What was tried and survived, each with 6 kinds of faults:");
    SUMMARY.forEach(System.out::println);
  }
}
