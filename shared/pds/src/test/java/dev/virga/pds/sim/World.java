package dev.virga.pds.sim;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.identity.FakePlcDirectory;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Write;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.verify.Census;
import dev.virga.pds.verify.Finding;
import dev.virga.pds.verify.Verifier;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What outlives every process: the stores, the directory of DIDs, and time. */
final class World {
  static final Duration WINDOW = Duration.ofDays(3);

  final MemoryIndex index;
  final MemoryObjects objects = new MemoryObjects();
  final FakePlcDirectory directory = new FakePlcDirectory();
  final Random random;
  final PrivateKey rotationKey;
  final Path scratch;
  private Instant now = Instant.parse("2026-02-03T04:05:06Z");

  World(long seed, Path scratch) {
    this(seed, scratch, Write.Limits.EVERYWHERE);
  }

  /** A world whose index takes transactions of other sizes. */
  World(long seed, Path scratch, Write.Limits limits) {
    this(seed, scratch, PrivateKey.generate(Curve.K256, new SeededRandom(seed)), limits);
  }

  private World(long seed, Path scratch, PrivateKey rotationKey, Write.Limits limits) {
    this.index = new MemoryIndex(limits);
    this.random = new Random(seed);
    this.scratch = scratch;
    this.rotationKey = rotationKey;
  }

  Instant now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Everything that is not as it should be, leftovers too. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    Server reader = new Server(this, 0);
    Verifier verifier =
        new Verifier(
            index,
            objects,
            did -> reader.keys.find(did).map(PrivateKey::publicKey),
            new EventLog(index, this::now, WINDOW),
            this::now,
            Duration.ZERO);
    verifier.all(findings::add);
    Census census = new Census(index, findings::add);
    index.entries().forEach(census::count);
    return findings;
  }

  /** A world with the same content, whose changes so far were all delivered. */
  World copy(long seed) {
    World copy = new World(seed, scratch, rotationKey, index.limits());
    copy.index.load(index.entries());
    copy.objects.load(objects);
    copy.directory.load(directory);
    copy.now = now;
    return copy;
  }
}
