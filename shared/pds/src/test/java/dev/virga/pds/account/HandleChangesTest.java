package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.DirectoryException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandleChangesTest {
  private static final Handle NEW = Handle.parse("new.pds.test");

  private final AccountFixture pds = new AccountFixture();
  private Did alice = AccountFixture.SERVICE;

  @BeforeEach
  void signUp() {
    alice = pds.account("alice").did();
  }

  @Test
  void everybodyLearnsOfTheNewHandleAndTheOldOneIsFree() {
    pds.handleChanges.change(alice, NEW);

    assertThat(pds.accounts.find(NEW).orElseThrow().did()).isEqualTo(alice);
    assertThat(pds.accounts.find(Handle.parse("alice.pds.test"))).isEmpty();
    assertThat(pds.directory.last(alice).flatMap(op -> op.state()).flatMap(PlcData::handle))
        .contains(NEW);
    assertThat(pds.events(alice)).hasSize(5).last().isEqualTo("#identity");
    Admission.Application next =
        new Admission.Application("alice.pds.test", "b@b.org", AccountFixture.PASSWORD, null);
    assertThat(pds.signUp.signUp(next, null)).isNotNull();
  }

  @Test
  void theSameHandleIsAnnouncedAgain() {
    pds.handleChanges.change(alice, Handle.parse("alice.pds.test"));

    assertThat(pds.directory.log(alice)).hasSize(1);
    assertThat(pds.events(alice)).hasSize(5).last().isEqualTo("#identity");
  }

  @Test
  void somebodyElsesHandleIsNotGivenAway() {
    pds.account("bob");

    assertUnavailable(alice, Handle.parse("bob.pds.test"));
    assertThat(pds.read("bob").did()).isNotEqualTo(alice);
  }

  @Test
  void aRefusalOfTheDirectoryChangesNothing() {
    pds.directory.failBefore(DirectoryException.refused("no"));

    assertThatThrownBy(() -> pds.handleChanges.change(alice, NEW))
        .isInstanceOf(XrpcException.class);

    assertThat(pds.read("alice").did()).isEqualTo(alice);
    assertThat(pds.memory.entries()).noneMatch(e -> e.key().partition().contains("new.pds.test"));
  }

  @Test
  void anUnheardAnswerIsMadeGoodByAskingAgain() {
    pds.directory.failAfter(DirectoryException.unanswered("?", null));
    assertThatThrownBy(() -> pds.handleChanges.change(alice, NEW))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.status()).isEqualTo(502));
    pds.directory.failAfter(null);
    Did bob = pds.account("bob").did();
    assertUnavailable(bob, NEW);

    pds.handleChanges.change(alice, NEW);

    assertThat(pds.read("new").did()).isEqualTo(alice);
    assertThat(pds.directory.log(alice)).hasSize(2);
  }

  @Test
  void anAbandonedReservationLapses() {
    pds.directory.failAfter(DirectoryException.unanswered("?", null));
    assertThatThrownBy(() -> pds.handleChanges.change(alice, NEW))
        .isInstanceOf(XrpcException.class);
    pds.directory.failAfter(null);
    Did bob = pds.account("bob").did();
    pds.clock.advance(Duration.ofMinutes(61));

    pds.handleChanges.change(bob, NEW);

    assertThat(pds.read("new").did()).isEqualTo(bob);
    pds.clock.advance(Duration.ofDays(1));
    pds.memory.sweep(pds.clock.instant());
    assertThat(pds.read("new").did()).isEqualTo(bob);
  }

  private void assertUnavailable(Did did, Handle handle) {
    assertThatThrownBy(() -> pds.handleChanges.change(did, handle))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("InvalidRequest"));
  }
}
