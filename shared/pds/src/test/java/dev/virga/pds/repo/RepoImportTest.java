package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static dev.virga.pds.repo.RepoFixture.creation;
import static dev.virga.pds.repo.RepoFixture.deletion;
import static dev.virga.pds.repo.RepoFixture.path;
import static dev.virga.pds.repo.RepoFixture.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Block;
import dev.virga.atproto.data.CarReader;
import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.repo.Commit;
import dev.virga.atproto.repo.MstCheck;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.Index;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepoImportTest {
  private final RepoFixture old = new RepoFixture();
  private final RepoFixture here = new RepoFixture();
  private final PrivateKey ownKey = key(9);
  @TempDir private Path directory;

  private static PrivateKey key(int fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) fill);
    return PrivateKey.fromBytes(Curve.K256, secret);
  }

  private void importInto(RepoFixture target, byte[] car) throws IOException {
    importInto(
        target,
        car,
        new RepoImport.Limits(
            new CarReader.Limits(2_000_000, 100_000, 100_000_000),
            new MstCheck.Limits(50_000, 50_000)));
  }

  private void importInto(RepoFixture target, byte[] car, RepoImport.Limits limits)
      throws IOException {
    ImportStore store =
        new ImportStore(
            target.memory,
            target.objects,
            target.reader,
            target.blobs,
            new Redo(target.memory, target.objects),
            () -> RepoFixture.START);
    new RepoImport(
            target.heads,
            store,
            (did, fresh) -> Optional.of(old.key.publicKey()),
            did -> ownKey,
            target.tids,
            () -> RepoFixture.START,
            directory,
            limits)
        .run(DID, new ByteArrayInputStream(car));
  }

  private static byte[] export(RepoFixture from) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    from.export.write(DID, from.head(), null, out);
    return out.toByteArray();
  }

  private static Map<Cid, byte[]> blocks(byte[] car) throws IOException {
    try (CarReader reader =
        new CarReader(
            new ByteArrayInputStream(car), new CarReader.Limits(2_000_000, 100_000, 1L << 30))) {
      return new LinkedHashMap<>(reader.readAll());
    }
  }

  private static byte[] car(Cid root, Map<Cid, byte[]> blocks) {
    List<Block> list = new ArrayList<>();
    blocks.forEach((cid, bytes) -> list.add(new Block(cid, bytes)));
    return CarWriter.toBytes(root, list);
  }

  private void fill(RepoFixture repo, int records) {
    for (int from = 0; from < records; from += 200) {
      List<RecordIntent> intents = new ArrayList<>();
      for (int i = from; i < Math.min(from + 200, records); i++) {
        intents.add(creation("k%05d".formatted(i)));
      }
      repo.writer.write(DID, intents, null);
    }
  }

  @Test
  void aRepositoryIsTakenInWholeAndSignedByUs() throws Exception {
    fill(old, 1_500);
    byte[] large = new byte[20_000];
    new Random(1).nextBytes(large);
    byte[] record =
        DagCbor.encode(
            Value.Obj.builder()
                .put("$type", "com.example.note")
                .put("data", new Value.Bytes(large))
                .build());
    old.write(
        new RecordIntent.Create(
            path("large"),
            new RecordIntent.Prepared(record, Cid.ofDagCbor(record), List.of(), null),
            true));
    importInto(here, export(old));
    Head head = here.head();
    assertThat(head.root()).isEqualTo(old.head().root());
    assertThat(head.rev()).isGreaterThan(old.head().rev());
    Commit commit = Commit.decode(head.commitBlock());
    assertThat(commit.verify(ownKey.publicKey())).isTrue();
    assertThat(commit.rev()).isEqualTo(head.rev());
    assertThat(here.reader.record(DID, path("large")).orElseThrow().bytes()).isEqualTo(record);
    Map<Cid, byte[]> exported = blocks(export(here));
    Map<Cid, byte[]> original = blocks(export(old));
    exported.remove(head.commit());
    original.remove(old.head().commit());
    assertThat(exported.keySet()).containsExactlyElementsOf(original.keySet());
    // The pack of the import is the export itself.
    assertThat(here.objects.get("repos/" + DID + "/" + head.rev() + ".car"))
        .hasValueSatisfying(pack -> assertThat(pack).isEqualTo(exportOf(here)));
    assertThat(here.objects.names()).noneMatch(name -> name.contains(".redo"));
    assertThat(directory).isEmptyDirectory();
    here.write(creation("after"));
    assertThat(here.reader.record(DID, path("after"))).isPresent();
  }

  private static byte[] exportOf(RepoFixture repo) {
    try {
      return export(repo);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void blocksMayComeInAnyOrderAndMoreThanOnce() throws Exception {
    fill(old, 300);
    Map<Cid, byte[]> original = blocks(export(old));
    List<Block> shuffled = new ArrayList<>();
    original.forEach((cid, bytes) -> shuffled.add(new Block(cid, bytes)));
    shuffled.addAll(List.copyOf(shuffled).subList(0, 50));
    Collections.shuffle(shuffled, new Random(2));
    importInto(here, CarWriter.toBytes(old.head().commit(), shuffled));
    assertThat(here.head().root()).isEqualTo(old.head().root());
  }

  @Test
  void manyLikesOfOnePostAreTakenIn() throws Exception {
    for (int n = 0; n < 300; n++) {
      byte[] like =
          DagCbor.encode(
              Value.Obj.builder()
                  .put("$type", "app.bsky.feed.like")
                  .put(
                      "subject",
                      Value.Obj.builder()
                          .put("uri", "at://did:web:example.com/app.bsky.feed.post/a")
                          .build())
                  .put("n", n)
                  .build());
      old.write(
          new RecordIntent.Create(
              RepoPath.parse("app.bsky.feed.like/k" + n),
              new RecordIntent.Prepared(like, Cid.ofDagCbor(like), List.of(), null),
              false));
    }
    importInto(here, export(old));
    assertThat(here.head().root()).isEqualTo(old.head().root());
    assertThat(here.reader.record(DID, RepoPath.parse("app.bsky.feed.like/k7"))).isPresent();
  }

  @Test
  void whatWasHereBeforeIsReplaced() throws Exception {
    fill(old, 50);
    here.write(creation("k00001"), creation("mine"));
    here.write(new RecordIntent.Put(path("k00002"), record("different"), RecordIntent.Swap.ANY));
    importInto(here, export(old));
    assertThat(here.reader.record(DID, path("mine"))).isEmpty();
    assertThat(here.reader.record(DID, path("k00002")).orElseThrow().cid())
        .isEqualTo(record("note k00002").cid());
    assertThat(here.head().root()).isEqualTo(old.head().root());
    Head head = here.head();
    importInto(here, export(old));
    assertThat(here.head()).as("the same again changes nothing").isEqualTo(head);
  }

  @Test
  void blobsOfRecordsAreExpectedOrFoundInUse() throws Exception {
    byte[] bytes = "here already".getBytes(StandardCharsets.UTF_8);
    BlobRef present = here.blobs.upload(DID, new ByteArrayInputStream(bytes), "text/plain");
    old.blobs.upload(DID, new ByteArrayInputStream(bytes), "text/plain");
    BlobRef absent =
        old.blobs.upload(DID, new ByteArrayInputStream(new byte[] {1, 2}), "text/plain");
    for (BlobRef blob : List.of(present, absent)) {
      byte[] record =
          DagCbor.encode(
              Value.Obj.builder()
                  .put("$type", "com.example.note")
                  .put("blob", blob.toValue())
                  .build());
      old.write(
          new RecordIntent.Create(
              path("b" + blob.size()),
              new RecordIntent.Prepared(record, Cid.ofDagCbor(record), List.of(blob), null),
              true));
    }
    importInto(here, export(old));
    assertThat(here.blobs.find(DID, present.cid()).orElseThrow().used()).isTrue();
    assertThat(here.blobs.missing(DID, null, 10))
        .extracting(reference -> reference.cid())
        .containsExactly(absent.cid());
    here.blobs.upload(DID, new ByteArrayInputStream(new byte[] {1, 2}), "text/plain");
    assertThat(here.blobs.missing(DID, null, 10)).isEmpty();
    assertThat(here.blobs.find(DID, absent.cid()).orElseThrow().used()).isTrue();
    here.write(deletion("b2"));
    here.settle();
    assertThat(here.blobs.find(DID, absent.cid())).isEmpty();
  }

  @Test
  void whatIsNotARepositoryOfThisAccountIsRefusedAndChangesNothing() throws Exception {
    fill(old, 400);
    Head before = here.head();
    byte[] good = export(old);
    Map<Cid, byte[]> blocks = blocks(good);
    Cid root = old.head().commit();

    assertRefused(Arrays.copyOf(good, good.length - 7));
    assertRefused(new byte[0]);
    assertRefused("not a CAR".getBytes(StandardCharsets.UTF_8));
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 1;
    assertRefused(flipped);
    for (Cid missing : List.of(old.head().root(), record("note k00007").cid(), root)) {
      Map<Cid, byte[]> without = new LinkedHashMap<>(blocks);
      without.remove(missing);
      assertRefused(car(root, without));
    }
    assertRefused(car(old.head().root(), blocks));
    assertRefused(signed(blocks, Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"), old.key));
    assertRefused(signed(blocks, DID, key(8)));

    Map<Cid, byte[]> padded = new LinkedHashMap<>(blocks);
    for (int i = 0; i < 3_000; i++) {
      byte[] tiny = DagCbor.encode(Value.of(i));
      padded.put(Cid.ofDagCbor(tiny), tiny);
    }
    assertRefused(car(root, padded));

    RepoImport.Limits few =
        new RepoImport.Limits(
            new CarReader.Limits(2_000_000, 100, 100_000_000), new MstCheck.Limits(100, 100));
    assertThatThrownBy(() -> importInto(here, good, few)).isInstanceOf(XrpcException.class);
    RepoImport.Limits fewRecords =
        new RepoImport.Limits(
            new CarReader.Limits(2_000_000, 10_000, 100_000_000), new MstCheck.Limits(9_999, 100));
    assertThatThrownBy(() -> importInto(here, good, fewRecords))
        .isInstanceOf(XrpcException.class)
        .hasMessageContaining("100 records");

    assertThat(here.head()).isEqualTo(before);
    assertThat(here.objects.names()).hasSize(1);
    assertThat(directory).isEmptyDirectory();
    assertThat(here.memory.entries()).noneMatch(entry -> entry.key().sort().startsWith("rec#"));
  }

  @Test
  void recordsThatBreakTheDataModelAreRefused() throws Exception {
    byte[] bad = DagCbor.encode(Value.Obj.builder().put("$type", 7).build());
    old.write(
        new RecordIntent.Create(
            RepoPath.parse("com.example.note/bad"),
            new RecordIntent.Prepared(bad, Cid.ofDagCbor(bad), List.of(), null),
            true));
    assertRefused(export(old));
  }

  private byte[] signed(Map<Cid, byte[]> blocks, Did did, PrivateKey signer) {
    Head head = old.head();
    Commit commit = Commit.sign(did, head.rev(), head.root(), signer);
    Map<Cid, byte[]> all = new LinkedHashMap<>(blocks);
    all.put(commit.cid(), commit.encode());
    return car(commit.cid(), all);
  }

  private void assertRefused(byte[] car) {
    assertThatThrownBy(() -> importInto(here, car))
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.error()).isEqualTo("InvalidRequest");
            });
  }

  @Test
  void aCrashAtAnyWriteLeavesTheOldRepositoryOrTheNewOne() throws Exception {
    fill(old, 700);
    byte[] car = export(old);
    int whole = blocks(car).size();
    int points = 0;
    int finished = 0;
    boolean crashed;
    do {
      RepoFixture dying = new RepoFixture();
      Head before = dying.head();
      Faults crash = Faults.ofWrites();
      crash.plan(points, Faults.Kind.DEATH_BEFORE);
      crashed = importAndCrash(dying, crash, car);
      dying.heads.forget(DID);
      Head found = dying.head();
      assertThat(found.pending()).isNull();
      if (found.root().equals(before.root())) {
        assertThat(dying.memory.entries())
            .as("crash before write %s", points)
            .noneMatch(entry -> entry.key().sort().startsWith("rec#"));
      } else {
        assertThat(blocks(export(dying))).as("crash before write %s", points).hasSize(whole);
        finished++;
      }
      points++;
    } while (crashed);
    assertThat(finished).isGreaterThan(3).isLessThan(points);
  }

  private boolean importAndCrash(RepoFixture dying, Faults crash, byte[] car) throws IOException {
    Index index = crash.around(dying.memory);
    ImportStore store =
        new ImportStore(
            index,
            dying.objects,
            dying.reader,
            dying.blobs,
            new Redo(index, dying.objects),
            () -> RepoFixture.START);
    RepoImport dies =
        new RepoImport(
            dying.heads,
            store,
            (did, fresh) -> Optional.of(old.key.publicKey()),
            did -> ownKey,
            dying.tids,
            () -> RepoFixture.START,
            directory,
            RepoImport.Limits.USUAL);
    try {
      dies.run(DID, new ByteArrayInputStream(car));
      return false;
    } catch (Faults.Death e) {
      return true;
    }
  }
}
