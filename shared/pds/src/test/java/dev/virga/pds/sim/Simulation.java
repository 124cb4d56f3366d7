package dev.virga.pds.sim;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.BlockSource;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MissingBlockException;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.repo.Crowd;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.WriteOutcome;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of several processes that do what their seed says, while calls fail, processes die,
 * clocks jump, the change feed repeats itself and what was replaced is forgotten early.
 */
final class Simulation {
  private static final int WRITERS = 3;
  private static final int READERS = 2;

  private final long seed;
  private final Random random;
  private final World world;
  private final Scheduler scheduler;
  private final Feed feed;
  private final boolean early;
  private final boolean skewed;
  private final int clockIds;
  private final List<Did> dids = new ArrayList<>();
  private final Set<Did> deleted = new HashSet<>();
  private final Map<Did, byte[]> exports = new HashMap<>();
  private final Map<Did, Map<Tid, Set<Cid>>> fetched = new HashMap<>();

  /** Commits that were acknowledged, with what they do. */
  private final Map<String, Map<String, Set<Cid>>> acknowledged = new HashMap<>();

  final List<String> trace = new ArrayList<>();
  private int names;

  Simulation(long seed, Path scratch) {
    this.seed = seed;
    this.random = new Random(seed);
    this.world = new World(seed, scratch);
    this.scheduler = new Scheduler(random, this::tick);
    this.feed = new Feed(world.index, random);
    this.early = random.nextBoolean();
    this.skewed = random.nextBoolean();
    this.clockIds = random.nextBoolean() ? 1 : 1_000;
  }

  private void tick() {
    world.pass(Duration.ofMillis(random.nextInt(40)));
    if (early && random.nextInt(25) == 0) {
      world.index.batchDelete(
          world.index.entries().stream()
              .filter(entry -> entry.expires() != null)
              .map(dev.virga.pds.store.Entry::key)
              .filter(key -> key.sort().startsWith("node#") || key.sort().startsWith("gone#"))
              .toList());
    }
  }

  /** Runs it, and checks what is left. */
  void run() throws Exception {
    Server first = new Server(world, 0);
    for (String name : List.of("alice", "bob")) {
      dids.add(Operations.signUp(first, name));
    }
    List<RecordIntent> some = new ArrayList<>();
    for (int i = 0; i < random.nextInt(60); i++) {
      some.add(Operations.create("s" + i, "note " + i));
    }
    if (!some.isEmpty()) {
      acknowledge(
          dids.getFirst(),
          some,
          Operations.write(first, dids.getFirst(), some.toArray(RecordIntent[]::new)));
    }
    for (int writer = 0; writer < WRITERS; writer++) {
      int number = writer;
      scheduler.add(() -> write(number));
    }
    for (int reader = 0; reader < READERS; reader++) {
      scheduler.add(this::sequence);
    }
    scheduler.run();
    check();
  }

  private Server process() {
    Server server = new Server(world, random.nextInt(clockIds));
    server.faults.between(scheduler::pause);
    if (skewed) {
      server.skew(Duration.ofSeconds(random.nextInt(1_200) - 600));
    }
    return server;
  }

  private void planFault(Server server, int oneIn) {
    if (random.nextInt(oneIn) == 0) {
      Faults.Kind[] kinds = Faults.Kind.values();
      server.faults.plan(random.nextInt(14), kinds[random.nextInt(kinds.length)]);
    }
  }

  private void write(int number) {
    Server server = process();
    int left = 3 + random.nextInt(9);
    while (left-- > 0) {
      planFault(server, 3);
      Did did = dids.get(random.nextInt(dids.size()));
      String what = "?";
      try {
        int choice = random.nextInt(100);
        what = number + ": " + choice + " on " + did;
        trace.add(what);
        act(server, did, choice);
        trace.add(number + ": done");
      } catch (Faults.Death e) {
        trace.add(number + ": dead at " + e.getMessage());
        server = process();
      } catch (StoreException e) {
        trace.add(number + ": unknown " + e.getMessage());
      } catch (XrpcException e) {
        trace.add(number + ": refused " + e.getMessage());
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
      server.faults.revive();
      scheduler.pause();
    }
  }

  private void act(Server server, Did did, int choice) {
    String key = "r" + random.nextInt(6);
    String text = "text " + random.nextInt(3);
    switch (choice / 4) {
      case 0, 1, 2, 3 -> commit(server, did, Operations.create("c" + names++, text));
      case 4, 5, 6 -> commit(server, did, Operations.put(key, text));
      case 7, 8, 9 -> commit(server, did, Operations.delete(key));
      case 10 -> commit(server, did, several(1 + random.nextInt(8)));
      case 11 -> crowd(server, did);
      case 12 -> commit(server, did, several(100 + random.nextInt(30)));
      case 13, 14 -> {
        BlobRef blob = Operations.upload(server, did, "picture " + random.nextInt(3));
        commit(server, did, Operations.put(key, text, blob));
      }
      case 15 -> commit(server, did, Operations.create("l" + names++, "like " + random.nextInt(2)));
      case 16 -> {
        if (random.nextInt(3) == 0) {
          switchOffOrOn(server, did);
        } else {
          moderate(server, did);
        }
      }
      case 17 -> {
        String handle = "name" + random.nextInt(3) + ".pds.test";
        server.handleChanges.change(did, Handle.parse(handle));
      }
      case 18 -> importAgain(server, did);
      case 19 -> {
        if (random.nextInt(4) == 0) {
          deleted.add(did);
          server.deletion.delete(did);
        } else {
          dids.add(Operations.signUp(server, "user" + names++));
        }
      }
      case 20, 21 -> export(server, did);
      case 22 -> {
        boolean down = random.nextBoolean();
        boolean _ =
            random.nextBoolean()
                ? server.takedowns.set(did, Operations.path(key), down ? "ref" : null)
                : hide(server, did, down);
      }
      case 23 -> {
        server.intents.recover();
        server.deletion.recover();
        // Six hours later in truth, which no clock is behind by.
        Duration age = skewed ? Duration.ofMinutes(-25) : Duration.ofMinutes(5);
        server.blobs.sweep(world.now().plus(age));
      }
      default -> {
        var _ = server.tidying.tidy(did);
      }
    }
  }

  private RecordIntent[] several(int count) {
    List<RecordIntent> intents = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    while (intents.size() < count) {
      String key = "r" + random.nextInt(count * 2);
      if (keys.add(key)) {
        intents.add(
            random.nextInt(3) == 0
                ? Operations.delete(key)
                : Operations.put(key, "text " + random.nextInt(3)));
      }
    }
    return intents.toArray(RecordIntent[]::new);
  }

  /** Several clients at once, who may get in each other's way. */
  private void crowd(Server server, Did did) {
    List<List<RecordIntent>> asked = new ArrayList<>();
    for (int i = 0; i < 2 + random.nextInt(5); i++) {
      asked.add(
          random.nextBoolean()
              ? List.of(Operations.create("c" + names++, "text " + random.nextInt(3)))
              : List.of(several(1 + random.nextInt(2))));
    }
    asked.add(List.of(Operations.create("l" + names++, "like " + random.nextInt(2))));
    List<Crowd.Result> results = Crowd.write(server.writer, did, asked);
    for (int i = 0; i < results.size(); i++) {
      WriteOutcome outcome = results.get(i).outcome();
      if (outcome != null) {
        acknowledge(did, asked.get(i), outcome);
      }
    }
  }

  private void commit(Server server, Did did, RecordIntent... intents) {
    acknowledge(did, List.of(intents), Operations.write(server, did, intents));
  }

  private void acknowledge(Did did, List<RecordIntent> intents, WriteOutcome outcome) {
    if (outcome instanceof WriteOutcome.Committed(Cid _, Tid rev)) {
      Map<String, Set<Cid>> asked = new HashMap<>();
      for (RecordIntent intent : intents) {
        asked.put(
            intent.path().toString(),
            switch (intent) {
              case RecordIntent.Create create -> Set.of(create.record().cid());
              case RecordIntent.Put put -> Set.of(put.record().cid());
              case RecordIntent.Update update -> Set.of(update.record().cid());
              case RecordIntent.Delete _ -> Set.of();
            });
      }
      if (acknowledged.put(did + " " + rev, asked) != null) {
        throw new AssertionError("two commits of " + did + " at " + rev);
      }
    }
  }

  /** What a moderator does to a picture. */
  private boolean hide(Server server, Did did, boolean down) {
    byte[] bytes = ("picture " + random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
    Cid cid = Cid.ofRaw(bytes);
    return down ? server.quarantine.takeDown(did, cid, "ref") : server.quarantine.restore(did, cid);
  }

  /** What owners do. */
  private void switchOffOrOn(Server server, Did did) {
    if (random.nextBoolean()) {
      Instant now = world.now();
      server.changes.changeStatus(
          did, status -> status.withOwn(new AccountStatus.Deactivated(now, null)));
    } else {
      server.changes.activate(did);
    }
  }

  private void moderate(Server server, Did did) {
    if (random.nextBoolean()) {
      server.changes.moderate(did, status -> new AccountStatus.Takendown("ref", status.own()));
    } else {
      server.changes.moderate(did, status -> new AccountStatus.Active());
    }
  }

  private void importAgain(Server server, Did did) {
    byte[] car = exports.get(did);
    if (car != null) {
      Operations.importCar(server, did, car);
    } else {
      server
          .heads
          .find(did)
          .ifPresent(head -> exports.put(did, Operations.export(server, did, head)));
    }
  }

  /** Reads a repository while it is written, whole or since what was read before. */
  private void export(Server server, Did did) {
    Head head = server.heads.find(did).orElse(null);
    if (head == null) {
      return;
    }
    Map<Tid, Set<Cid>> before = fetched.computeIfAbsent(did, any -> new HashMap<>());
    List<Tid> revs = before.keySet().stream().sorted().toList();
    @Nullable Tid since =
        revs.isEmpty() || random.nextBoolean() ? null : revs.get(random.nextInt(revs.size()));
    try {
      java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
      server.export.write(did, head, since, out);
      Set<Cid> known = new HashSet<>(since == null ? Set.of() : before.get(since));
      Map<Cid, byte[]> blocks = out.size() == 0 ? Map.of() : blocks(out.toByteArray());
      known.addAll(blocks.keySet());
      if (since == null || head.rev().compareTo(since) > 0) {
        requireWhole(head, blocks, known, since);
        before.put(head.rev(), known);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (MissingBlockException e) {
      if (!early) {
        throw e;
      }
    }
  }

  private static Map<Cid, byte[]> blocks(byte[] car) throws IOException {
    try (CarReader reader =
        new CarReader(
            new ByteArrayInputStream(car), new CarReader.Limits(4_000_000, 100_000, 1L << 30))) {
      return reader.readAll();
    }
  }

  private void requireWhole(
      Head head, Map<Cid, byte[]> blocks, Set<Cid> known, @Nullable Tid since) {
    Commit commit = Commit.decode(Objects.requireNonNull(blocks.get(head.commit())));
    if (since == null) {
      Mst.load(commit.data(), BlockSource.of(blocks))
          .forEach(
              (path, cid) -> {
                if (!known.contains(cid)) {
                  throw new AssertionError("an export lacks " + path);
                }
              });
    } else if (!known.contains(commit.data())) {
      throw new AssertionError("an export since " + since + " lacks the root");
    }
  }

  private void sequence() {
    Server server = process();
    while (scheduler.running() > READERS || !feed.isEmpty()) {
      List<Feed.Batch> batches = feed.next();
      for (Feed.Batch batch : batches) {
        planFault(server, 8);
        try {
          server.sequencer.accept(batch.changes());
          server.cleanup.accept(batch.changes());
          feed.done(batch);
        } catch (Faults.Death e) {
          server = process();
        } catch (StoreException | dev.virga.pds.store.ConditionFailedException e) {
          // The batch comes again.
        }
        server.faults.revive();
      }
      scheduler.pause();
      if (scheduler.running() < READERS && feed.isEmpty()) {
        return;
      }
    }
  }

  private void check() throws Exception {
    Recovery recovery = new Recovery(world);
    world.pass(Duration.ofMinutes(20));
    recovery.recover();
    world.pass(Duration.ofHours(9));
    recovery.server.blobs.sweep(world.now().minus(Duration.ofHours(6)));
    recovery.drain();
    List<String> complaints = new ArrayList<>(recovery.complaints());
    Replay replay = new Replay(world, recovery.server);
    acknowledged.forEach(
        (commit, asked) -> {
          Did did = Did.parse(commit.substring(0, commit.indexOf(' ')));
          List<CommitEvent.Op> ops = replay.commits.get(commit);
          if (ops == null && !deleted.contains(did)) {
            complaints.add("acknowledged, but not there: " + commit);
          } else if (ops != null) {
            for (CommitEvent.Op op : ops) {
              Set<Cid> wanted = asked.get(op.path());
              boolean other = wanted == null && !op.action().equals("delete");
              if (other || (wanted != null && !wanted.isEmpty() && !wanted.contains(op.cid()))) {
                complaints.add(commit + " does something else at " + op.path());
              }
            }
          }
        });
    afterExpiry(recovery, complaints);
    if (!complaints.isEmpty()) {
      throw new AssertionError("seed " + seed + ":\n  " + String.join("\n  ", complaints));
    }
  }

  /** Weeks later, with everything forgotten that may be. */
  private void afterExpiry(Recovery recovery, List<String> complaints) {
    for (int day = 0; day < 40; day += 4) {
      world.pass(Duration.ofDays(4));
      Instant now = world.now();
      world.index.sweep(now);
      recovery.server.intents.recover();
      recovery.server.deletion.recover();
      while (recovery.server.strays.goOn()) {
        // on to the next page
      }
      for (Did did : recovery.accounts()) {
        var _ = recovery.server.tidying.tidy(did);
      }
    }
    recovery.leftovers().forEach(left -> complaints.add("weeks later: " + left));
  }
}
