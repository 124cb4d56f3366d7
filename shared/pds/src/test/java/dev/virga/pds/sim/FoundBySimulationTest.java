package dev.virga.pds.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.TidClock;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.RepoKeys;
import dev.virga.pds.repo.WriteOutcome;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.Outbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What simulations have found, each by itself. */
class FoundBySimulationTest {
  @TempDir Path scratch;

  private World world = new World(1, Path.of("."));
  private Did alice = Did.parse("did:plc:nobody");

  @BeforeEach
  void alice() throws Exception {
    world = new World(1, scratch);
    alice = Operations.signUp(new Server(world, 1), "alice");
    new Recovery(world).drain();
  }

  /** A moderator comes between two calls of somebody else. */
  private void takeDown(World meanwhile) {
    new Server(meanwhile, 2)
        .changes.moderate(alice, status -> new AccountStatus.Takendown("ref", status.own()));
  }

  /** All is as it should be once a fresh process has recovered what the fault at a call left. */
  private static void assertNoComplaints(World after, int call) throws Exception {
    Recovery recovery = new Recovery(after);
    recovery.recover();
    assertThat(recovery.complaints()).as("call %s", call).isEmpty();
  }

  @Test
  void aHandleAskedForTwiceAtOnceDoesNotLapse() throws Exception {
    Handle wanted = Handle.parse("alys.pds.test");
    for (int call = 0; ; call++) {
      World copy = world.copy(call);
      Server slow = new Server(copy, 1);
      slow.faults.plan(
          call,
          Faults.Kind.OVERTAKEN,
          () -> new Server(copy, 2).handleChanges.change(alice, wanted));
      try {
        slow.handleChanges.change(alice, wanted);
      } catch (XrpcException e) {
        assertThat(e.status()).as("call %s", call).isIn(400, 503);
      }
      copy.pass(Duration.ofHours(3));
      copy.index.sweep(copy.now());
      Server fresh = new Server(copy, 3);
      assertThat(fresh.accounts.find(wanted)).as("call %s", call).isPresent();
      if (!slow.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void aHandleThatAnotherRequestHasGivenIsNotMadeAReservationAgain() throws Exception {
    Handle wanted = Handle.parse("alys.pds.test");
    boolean overtaken = true;
    for (int call = 0; overtaken; call++) {
      boolean cutShort = true;
      for (int later = 0; cutShort; later++) {
        World copy = world.copy(call);
        Server slow = new Server(copy, 1);
        int dies = later;
        boolean[] reached = new boolean[1];
        slow.faults.plan(
            call,
            Faults.Kind.OVERTAKEN,
            () -> {
              reached[0] = true;
              new Server(copy, 2).handleChanges.change(alice, wanted);
              slow.faults.plan(dies, Faults.Kind.DEATH_BEFORE);
            });
        try {
          slow.handleChanges.change(alice, wanted);
        } catch (Faults.Death | XrpcException e) {
          // The other request went through all the same.
        }
        overtaken = reached[0];
        cutShort = overtaken && slow.faults.struck();
        copy.pass(Duration.ofHours(3));
        copy.index.sweep(copy.now());
        Recovery recovery = new Recovery(copy);
        recovery.recover();
        String where = "overtaken at %d, dead %d later".formatted(call, later);
        assertThat(recovery.complaints()).as(where).isEmpty();
        assertThat(recovery.server.accounts.find(wanted)).as(where).isPresent();
      }
    }
  }

  @Test
  void anUploadThatGotNoAnswerKeepsItsBytes() throws Exception {
    for (int call = 0; ; call++) {
      World copy = world.copy(call);
      Server server = new Server(copy, 1);
      server.faults.plan(call, Faults.Kind.UNHEARD);
      try {
        BlobRef _ = Operations.upload(server, alice, "a picture");
      } catch (StoreException e) {
        // It may be there or not, but not half of it.
      }
      assertNoComplaints(copy, call);
      if (!server.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void anImportLeavesThePackOfAnEqualRevisionAlone() throws Exception {
    Server ahead = new Server(world, 1);
    ahead.skew(Duration.ofMinutes(10));
    Operations.write(ahead, alice, Operations.create("one", "of a clock that is ahead"));
    byte[] car = Operations.export(ahead, alice, ahead.heads.find(alice).orElseThrow());
    Operations.write(ahead, alice, Operations.delete("one"));
    for (int call = 0; ; call++) {
      World copy = world.copy(call);
      Server importing = new Server(copy, 1);
      importing.faults.plan(
          call,
          Faults.Kind.OVERTAKEN,
          () -> Operations.write(new Server(copy, 1), alice, Operations.create("two", "first")));
      try {
        Operations.importCar(importing, alice, car);
      } catch (XrpcException e) {
        assertThat(e.status()).as("call %s", call).isEqualTo(503);
      }
      assertNoComplaints(copy, call);
      if (!importing.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void aBlobOfALargeCommitThatIsPendingIsNotTakenForUnused() throws Exception {
    for (int call = 0; ; call++) {
      World copy = world.copy(1);
      Server writer = new Server(copy, 1);
      BlobRef blob = Operations.upload(writer, alice, "a picture");
      List<RecordIntent> intents =
          new ArrayList<>(List.of(Operations.mixed(150).toArray(RecordIntent[]::new)));
      intents.add(Operations.create("picture", "with a picture", blob));
      writer.faults.plan(call, Faults.Kind.DEATH_AFTER);
      try {
        Operations.write(writer, alice, intents.toArray(RecordIntent[]::new));
      } catch (Faults.Death e) {
        // Somebody else finds the commit pending, or not at all.
      }
      new Server(copy, 2).blobs.sweep(copy.now().plus(Duration.ofHours(7)));
      Recovery recovery = new Recovery(copy);
      recovery.recover();
      boolean there = recovery.records(alice).containsKey("com.example.note/picture");
      assertThat(recovery.server.blobs.find(alice, blob.cid()).isPresent())
          .as("call %s, %s", call, writer.faults.where())
          .isEqualTo(there);
      if (!writer.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void aCommitIsToldAfterTheChangeOfStatusThatAllowedItWhateverTheClocksSay() throws Exception {
    Server ahead = new Server(world, 1);
    ahead.skew(Duration.ofMinutes(10));
    ahead.changes.changeStatus(
        alice, status -> status.withOwn(new AccountStatus.Deactivated(world.now(), null)));
    ahead.changes.changeStatus(alice, status -> status.withOwn(new AccountStatus.Active()));
    Operations.write(new Server(world, 2), alice, Operations.create("one", "after that"));
    Recovery recovery = new Recovery(world);
    recovery.recover();
    assertThat(recovery.complaints()).isEmpty();
  }

  @Test
  void anActivationThatATakedownOvertakesDoesNotHideWhatWasImportedBefore() throws Exception {
    Server server = new Server(world, 1);
    byte[] car = Operations.export(server, alice, server.heads.find(alice).orElseThrow());
    Operations.write(server, alice, Operations.create("one", "more"));
    server.changes.changeStatus(
        alice, status -> status.withOwn(new AccountStatus.Deactivated(world.now(), null)));
    Operations.importCar(server, alice, car);
    new Recovery(world).drain();
    for (int call = 0; ; call++) {
      World copy = world.copy(call);
      Server activating = new Server(copy, 1);
      activating.faults.plan(call, Faults.Kind.OVERTAKEN, () -> takeDown(copy));
      try {
        activating.changes.activate(alice);
      } catch (XrpcException e) {
        assertThat(e.error()).as("call %s", call).isEqualTo("AccountTakedown");
      }
      new Server(copy, 3).changes.moderate(alice, status -> new AccountStatus.Active());
      assertNoComplaints(copy, call);
      if (!activating.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void aBlobUploadedAgainRightAfterItsRecordWasDeletedStays() throws Exception {
    Server server = new Server(world, 1);
    BlobRef blob = Operations.upload(server, alice, "a picture");
    Operations.write(server, alice, Operations.create("one", "with a picture", blob));
    server.blobs.sweep(world.now().plus(Duration.ofHours(7)));
    Operations.write(server, alice, Operations.delete("one"));
    BlobRef again = Operations.upload(server, alice, "a picture");
    new Recovery(world).drain();
    assertThat(Operations.write(server, alice, Operations.create("two", "the same", again)))
        .isInstanceOf(WriteOutcome.Committed.class);
    Operations.write(server, alice, Operations.delete("two"));
    Operations.upload(server, alice, "a picture");
    new Recovery(world).drain();
    server.blobs.sweep(world.now().plus(Duration.ofHours(7)));
    assertThat(server.blobs.find(alice, blob.cid())).isEmpty();
  }

  @Test
  void anImportIntoAnAccountThatIsTakenDownMeanwhileIsRefused() throws Exception {
    Server before = new Server(world, 1);
    byte[] car = Operations.export(before, alice, before.heads.find(alice).orElseThrow());
    Operations.write(before, alice, Operations.create("one", "more"));
    new Recovery(world).drain();
    for (int call = 0; ; call++) {
      World copy = world.copy(call);
      Server importing = new Server(copy, 1);
      importing.faults.plan(call, Faults.Kind.OVERTAKEN, () -> takeDown(copy));
      try {
        Operations.importCar(importing, alice, car);
      } catch (XrpcException e) {
        assertThat(e.status()).as("call %s", call).isIn(401, 503);
      }
      new Server(copy, 3).changes.moderate(alice, status -> new AccountStatus.Active());
      assertNoComplaints(copy, call);
      if (!importing.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void aBlobThatAnImportCutShortHasLetGoIsRemovedInTheEnd() throws Exception {
    Server before = new Server(world, 1);
    byte[] car = Operations.export(before, alice, before.heads.find(alice).orElseThrow());
    BlobRef blob = Operations.upload(before, alice, "a picture");
    Operations.write(before, alice, Operations.create("picture", "with a picture", blob));
    before.blobs.sweep(world.now().plus(Duration.ofHours(7)));
    new Recovery(world).drain();
    for (int call = 0; ; call++) {
      World copy = world.copy(call);
      Server importing = new Server(copy, 1);
      importing.faults.plan(call, Faults.Kind.DEATH_AFTER);
      try {
        Operations.importCar(importing, alice, car);
      } catch (Faults.Death e) {
        // Somebody else finds the import pending, or not at all, or done.
      }
      Recovery recovery = new Recovery(copy);
      recovery.recover();
      recovery.server.blobs.sweep(copy.now());
      assertThat(recovery.complaints()).as("call %s", call).isEmpty();
      assertThat(recovery.server.blobs.find(alice, blob.cid()).isPresent())
          .as("call %s", call)
          .isEqualTo(!recovery.records(alice).isEmpty());
      if (!importing.faults.struck()) {
        return;
      }
    }
  }

  @Test
  void eventsOfTheSameTimeDoNotReplaceEachOther() throws Exception {
    Tid now = new TidClock(world::now, 5).next();
    Outbox.Content event = Outbox.Content.of(List.of(AccountEvent.active(alice)));
    world.index.transact(List.of(Outbox.put(alice, now, event)));
    assertThatThrownBy(() -> world.index.transact(List.of(Outbox.put(alice, now, event))))
        .isInstanceOf(ConditionFailedException.class);
  }

  @Test
  void aPackLeftByADeadProcessDoesNotBarItsRevisionForEver() {
    Server server = new Server(world, 1);
    server.skew(Duration.ofHours(-1));
    Head head = server.heads.find(alice).orElseThrow();
    Tid next = Tid.of(head.rev().micros() + 1, 1);
    assertThat(
            world.objects.putIfAbsent(
                RepoKeys.pack(alice, next), new byte[1], Objects.Metadata.NONE))
        .isTrue();
    assertThat(Operations.write(server, alice, Operations.create("one", "behind its time")))
        .isInstanceOf(WriteOutcome.Committed.class);
  }

  @Test
  void aRevisionThatGotNoAnswerIsNotTriedAgain() {
    Server server = new Server(world, 1);
    server.skew(Duration.ofHours(-1));
    for (int call = 0; call < 6; call++) {
      server.faults.plan(call, Faults.Kind.LOST);
      try {
        Operations.write(server, alice, Operations.put("one", "try " + call));
      } catch (StoreException e) {
        assertThat(e).hasMessage("no answer");
      }
      server.faults.revive();
      assertThat(Operations.write(server, alice, Operations.put("one", "again " + call)))
          .isInstanceOf(WriteOutcome.Committed.class);
    }
  }

  @Test
  void aWriterThatRemembersAnAccountDeletedElsewhereSaysThatItIsGone() {
    Server server = new Server(world, 1);
    assertThat(server.heads.find(alice)).isPresent();
    new Server(world, 2).deletion.delete(alice);
    assertThatThrownBy(() -> Operations.write(server, alice, Operations.create("one", "late")))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("RepoNotFound"));
  }

  @Test
  void aWriterThatRemembersAHeadWhoseNodesWereForgottenLooksAgain() throws Exception {
    Server sleeper = new Server(world, 1);
    Server other = new Server(world, 2);
    for (int i = 0; i < 80; i++) {
      Operations.write(other, alice, Operations.create("n" + i, "note"));
    }
    assertThat(sleeper.heads.find(alice)).isPresent();
    for (int i = 0; i < 80; i++) {
      Operations.write(other, alice, Operations.put("n" + i, "another note"));
    }
    new Recovery(world).drain();
    world.pass(Duration.ofDays(2));
    world.index.sweep(world.now());
    assertThat(Operations.write(sleeper, alice, Operations.create("late", "awake")))
        .isInstanceOf(WriteOutcome.Committed.class);
  }
}
