package dev.virga.pds.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dead processes and late requests leave behind is removed, and nothing else is. */
class LeftoversTest {
  @TempDir Path scratch;

  private World world = new World(1, Path.of("."));
  private Did alice = Did.parse("did:plc:nobody");

  @BeforeEach
  void alice() throws Exception {
    world = new World(1, scratch);
    alice = Operations.signUp(new Server(world, 1), "alice");
    new Recovery(world).drain();
  }

  private static void sweepStrays(Server server) {
    while (server.strays.goOn()) {
      // on to the next page
    }
  }

  /** Does something, with everything going wrong at every call in turn, and then once more. */
  private void despiteFaults(Consumer<Server> task, Consumer<World> check) {
    for (Faults.Kind kind : Faults.Kind.values()) {
      for (int call = 0; ; call++) {
        World copy = world.copy(2);
        Server server = new Server(copy, 2);
        server.faults.plan(call, kind);
        try {
          task.accept(server);
        } catch (Faults.Death | StoreException e) {
          // It goes on the next time.
        }
        task.accept(new Server(copy, 3));
        check.accept(copy);
        if (!server.faults.struck()) {
          break;
        }
      }
    }
  }

  private String late(String folder, String end) {
    String name = folder + alice + "/" + new TidClock(world::now, 7).next() + end;
    assertThat(
            world.objects.putIfAbsent(
                name, "late".getBytes(StandardCharsets.UTF_8), Objects.Metadata.NONE))
        .isTrue();
    return name;
  }

  private static List<Entry> items(World world, Did did) {
    return world.index.query(Query.forward(did.text(), Range.prefix(""), 100)).entries();
  }

  @Test
  void whatARequestLeavesInAnAccountThatWasDeletedIsRemovedADayLater() throws Exception {
    Server server = new Server(world, 1);
    BlobRef _ = Operations.upload(server, alice, "a picture");
    server.deletion.delete(alice);
    Cid cid = Cid.ofDagCbor(new byte[] {(byte) 0xa0});
    Item node = Item.builder().number("rev", 1).bytes("block", new byte[] {(byte) 0xa0}).build();
    world.index.batchPut(
        List.of(
            new Entry(RepoKeys.node(alice, cid), node),
            new Entry(RepoKeys.place(alice, cid, Operations.path("late")), Item.EMPTY)));
    List<String> objects =
        List.of(
            late("repos/", ".car"),
            late("repos/", ".redo.0"),
            late("blobs/", ""),
            late("accounts/", ""));
    new Recovery(world).drain();
    world.pass(Duration.ofHours(23));
    new Server(world, 2).deletion.recover();
    assertThat(world.objects.list("", null).objects()).hasSize(objects.size());
    world.pass(Duration.ofDays(4));
    world.index.sweep(world.now());
    despiteFaults(
        process -> process.deletion.recover(),
        copy -> {
          assertThat(copy.objects.list("", null).objects()).isEmpty();
          assertThat(items(copy, alice)).isEmpty();
          assertThat(copy.findings()).isEmpty();
          assertThat(copy.index.entries()).noneMatch(e -> e.key().partition().equals("ended"));
        });
  }

  @Test
  void whatIsOfTheNextAccountOfADidStays() throws Exception {
    new Server(world, 1).deletion.delete(alice);
    new Recovery(world).drain();
    world.pass(Duration.ofDays(4));
    world.index.sweep(world.now());
    String coming = late("repos/", ".car");
    Server server = new Server(world, 2);
    server.deletion.recover();
    assertThat(world.objects.size(coming)).isPresent();
    world.index.batchPut(
        List.of(new Entry(RepoKeys.head(alice), Item.builder().text("etag", "x").build())));
    Key mine = RepoKeys.node(alice, Cid.ofDagCbor(new byte[] {(byte) 0xa0}));
    world.index.batchPut(List.of(new Entry(mine, Item.EMPTY)));
    server.deletion.recover();
    assertThat(world.index.get(mine)).isPresent();
    assertThat(world.index.entries()).noneMatch(e -> e.key().partition().equals("ended"));
  }

  @Test
  void anObjectThatNoItemNamesIsRemovedAndTheOthersStay() throws Exception {
    Server server = new Server(world, 1);
    BlobRef blob = Operations.upload(server, alice, "a picture");
    Operations.write(server, alice, Operations.create("picture", "with a picture", blob));
    String kept = server.blobs.find(alice, blob.cid()).orElseThrow().object();
    String stray = late("blobs/", "");
    String hidden = late("quarantine/", "");
    new Recovery(world).drain();
    world.pass(Duration.ofDays(5));
    world.index.sweep(world.now());
    String inFlight = late("blobs/", "");
    despiteFaults(
        LeftoversTest::sweepStrays,
        copy -> {
          assertThat(copy.objects.size(stray)).isEmpty();
          assertThat(copy.objects.size(hidden)).isEmpty();
          assertThat(copy.objects.size(inFlight)).isPresent();
          assertThat(copy.objects.size(kept)).isPresent();
        });
  }

  @Test
  void theBytesOfABlobWhoseItemWasLostAreNoStrays() throws Exception {
    Server server = new Server(world, 1);
    BlobRef blob = Operations.upload(server, alice, "a picture");
    Operations.write(server, alice, Operations.create("picture", "with a picture", blob));
    String object = server.blobs.find(alice, blob.cid()).orElseThrow().object();
    world.index.batchDelete(List.of(new Key(alice.text(), "blob#" + blob.cid())));
    world.pass(Duration.ofDays(9));
    sweepStrays(new Server(world, 2));
    assertThat(world.objects.size(object)).isPresent();
    world.index.batchDelete(List.of(RepoKeys.head(alice)));
    String ownerless = late("blobs/", "");
    world.pass(Duration.ofDays(9));
    sweepStrays(new Server(world, 2));
    assertThat(world.objects.size(object)).isPresent();
    assertThat(world.objects.size(ownerless)).isPresent();
  }

  @Test
  void aRoundOverObjectsGoesPageByPageOnceAWeek() {
    for (int i = 0; i < 2_300; i++) {
      String _ = late("blobs/", "");
      world.pass(Duration.ofMillis(1));
    }
    world.pass(Duration.ofDays(3));
    int rounds = 1;
    while (new Server(world, 2).strays.goOn()) {
      rounds++;
    }
    assertThat(rounds).isEqualTo(4); // three pages of blobs, one of hidden ones
    assertThat(world.objects.list("blobs/", null).objects()).isEmpty();
    int calls = new Server(world, 2).faults.calls();
    Server again = new Server(world, 2);
    assertThat(again.strays.goOn()).isFalse();
    assertThat(again.faults.calls() - calls).isEqualTo(1);
    world.pass(Duration.ofDays(7));
    assertThat(again.strays.goOn()).isTrue();
  }
}
