package dev.virga.pds.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.FakeClock;
import dev.virga.pds.moderation.ModerationFixture;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Write;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuarantineTest {
  private final ModerationFixture server = new ModerationFixture();
  private final Did alice = server.pds.account("alice").did();
  private final BlobRef picture = server.upload(alice, "picture");
  private final Quarantine quarantine =
      new Quarantine(
          server.pds.index, server.pds.objects, server.blobs, new TidClock(new FakeClock(), 9));

  private StoredBlob blob() {
    return server.blobs.find(alice, picture.cid()).orElseThrow();
  }

  private List<String> objects() {
    return server.pds.objects.names().stream().filter(name -> !name.startsWith("repos/")).toList();
  }

  private void markTakenDown() throws Exception {
    server.pds.memory.transact(
        Write.all(
            new Write.Update(
                BlobItems.blob(alice, picture.cid()),
                Item.builder().text("takedown", "a").build(),
                Set.of(),
                new Write.Expiry.Keep(),
                Condition.PRESENT)));
  }

  private void takeDown(String ref) {
    assertThat(quarantine.takeDown(alice, picture.cid(), ref)).isTrue();
  }

  private void restore() {
    assertThat(quarantine.restore(alice, picture.cid())).isTrue();
  }

  @Test
  void takedownsAndRestorationsCanBeRepeated() {
    server.write(alice, "one", "look", picture);
    takeDown("a");
    String hidden = blob().object();
    takeDown("b");

    assertThat(blob().object()).isEqualTo(hidden);
    assertThat(blob().takedown()).contains("b");
    restore();
    restore();
    assertThat(objects()).containsExactly(blob().object());
    assertThat(server.pds.objects.get(blob().object()))
        .contains("picture".getBytes(StandardCharsets.UTF_8));
  }

  /** Found by the simulation: an uploader would have brought back what a moderator had hidden. */
  @Test
  void whatIsHiddenWhileItIsRemovedAsUnusedIsEitherHiddenOrUnknown() {
    int call = 0;
    boolean struck;
    do {
      BlobRef other = server.upload(alice, "other " + call);
      Faults faults = new Faults();
      TidClock tids = new TidClock(() -> server.pds.clock.instant().plusSeconds(60), 9);
      Blobs removing =
          new Blobs(
              faults.around(server.pds.index),
              server.pds.objects,
              tids,
              did -> server.pds.heads.fence(did, tids));
      boolean[] hidden = new boolean[1];
      faults.plan(
          call,
          Faults.Kind.OVERTAKEN,
          () -> hidden[0] = quarantine.takeDown(alice, other.cid(), "a"));
      removing.removeUnused(alice, List.of(other.cid()), tids.next());
      struck = faults.struck();
      Optional<StoredBlob> left = server.blobs.find(alice, other.cid());
      assertThat(left.isPresent()).as("call %s", call).isEqualTo(hidden[0]);
      assertThat(left.flatMap(StoredBlob::takedown).isPresent()).isEqualTo(hidden[0]);
      assertThat(server.pds.memory.get(BlobItems.hidden(alice, other.cid())).isPresent())
          .as("note at call %s", call)
          .isEqualTo(hidden[0]);
      call++;
    } while (struck);
    assertThat(call).isGreaterThan(2);
  }

  @Test
  void aTakedownCutShortBeforeTheMoveIsFinishedByTheNext() throws Exception {
    markTakenDown();

    takeDown("a");

    assertThat(objects()).containsExactly(blob().object());
    assertThat(blob().object()).startsWith("quarantine/");
  }

  @Test
  void aTakedownCutShortBeforeTheRemovalIsFinishedByTheNext() {
    String open = blob().object();
    takeDown("a");
    assertThat(server.pds.objects.copy(blob().object(), open)).isTrue();

    takeDown("a");

    assertThat(objects()).containsExactly(blob().object());
  }

  @Test
  void aRestorationCutShortIsFinishedByTheNext() {
    server.write(alice, "one", "look", picture);
    takeDown("a");
    String hidden = blob().object();
    restore();
    assertThat(server.pds.objects.copy(blob().object(), hidden)).isTrue();

    restore();

    assertThat(objects()).containsExactly(blob().object());
  }

  @Test
  void aHalfDoneTakedownIsReversed() throws Exception {
    markTakenDown();

    restore();

    assertThat(blob().takedown()).isEmpty();
    assertThat(objects()).containsExactly(blob().object());
  }

  @Test
  void aHiddenBlobOutlastsTheRecordsThatReferToIt() {
    server.write(alice, "one", "look", picture);
    takeDown("a");

    server.remove(alice, "one");
    server.settle();

    assertThat(blob().takedown()).contains("a");
    restore();
    assertThat(server.blobs.find(alice, picture.cid())).isEmpty();
    assertThat(objects()).isEmpty();
  }

  @Test
  void aBlobThatWasNeverReferredToIsRestoredAsItWas() {
    takeDown("a");

    restore();

    assertThat(blob().takedown()).isEmpty();
    assertThat(blob().used()).isFalse();
  }

  @Test
  void aBlobThatIsNotThereIsNotDecidedAbout() {
    List<String> before = objects();
    Did other = Did.parse("did:web:b.test");

    assertThat(quarantine.takeDown(other, picture.cid(), "a")).isFalse();
    assertThat(quarantine.restore(other, picture.cid())).isFalse();
    assertThat(objects()).isEqualTo(before);
  }
}
