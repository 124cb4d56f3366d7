package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Index;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EarnedInvitesTest {
  private static final Duration WEEK = Duration.ofDays(7);

  private final AccountFixture pds = new AccountFixture();
  private final Account alice = pds.account("alice");

  private List<InviteCodes.Code> codes() {
    return pds.invites.of(alice.did().text());
  }

  @Test
  void anAccountEarnsACodePerInterval() {
    pds.earnedInvites.claim(alice);
    assertThat(codes()).isEmpty();

    pds.clock.advance(WEEK.multipliedBy(2));
    pds.earnedInvites.claim(alice);
    pds.earnedInvites.claim(alice);

    assertThat(codes())
        .hasSize(2)
        .allSatisfy(
            code -> {
              assertThat(code.available()).isEqualTo(1);
              assertThat(code.createdBy()).isEqualTo(alice.did().text());
              assertThat(code.forAccount()).isEqualTo(alice.did().text());
            });
  }

  @Test
  void noMoreThanFiveAreOpenAndUsedOnesMakeRoom() throws ConditionFailedException {
    pds.clock.advance(WEEK.multipliedBy(40));
    pds.earnedInvites.claim(alice);
    assertThat(codes()).hasSize(5);

    pds.index.transact(pds.invites.use(codes().getFirst().code(), pds.account("bob").did()));
    pds.earnedInvites.claim(alice);

    assertThat(codes()).hasSize(6);
    assertThat(codes().stream().filter(code -> code.left() > 0)).hasSize(5);
  }

  @Test
  void giftsOfTheOperatorDoNotCount() {
    pds.invites.create(alice.did().text(), InviteCodes.ADMIN, 7, 1);
    pds.clock.advance(WEEK);

    pds.earnedInvites.claim(alice);

    assertThat(codes()).hasSize(8);
  }

  @Test
  void timeBeforeTheEpochDoesNotCount() {
    pds.clock.advance(WEEK.multipliedBy(10));
    earned(WEEK, pds.clock.instant().minus(WEEK)).claim(alice);

    assertThat(codes()).hasSize(1);
  }

  @Test
  void anEpochYetToComeAndNoIntervalEarnNothing() {
    pds.clock.advance(WEEK.multipliedBy(10));
    earned(WEEK, pds.clock.instant().plus(WEEK)).claim(alice);
    earned(null, Instant.EPOCH).claim(alice);
    earned(Duration.ZERO, Instant.EPOCH).claim(alice);

    assertThat(codes()).isEmpty();
  }

  private EarnedInvites earned(@Nullable Duration interval, Instant epoch) {
    return new EarnedInvites(pds.index, pds.invites, pds.clock, interval, epoch);
  }

  @Test
  void whoMayNotInviteEarnsNothing() {
    pds.clock.advance(WEEK);
    pds.earnedInvites.claim(alice.withInvitesDisabled(true));

    assertThat(codes()).isEmpty();
  }

  @Test
  void ofTwoRequestsAtOnceOneIsRefused() {
    AccountFixture racing = new AccountFixture(index -> new Racing(index), false);
    Account bob = racing.account("bob");
    racing.clock.advance(WEEK);
    Racing index = (Racing) racing.index;
    index.before = () -> racing.earnedInvites.claim(bob);

    MailTokensTest.refused("400 DuplicateCreate", () -> racing.earnedInvites.claim(bob));

    assertThat(racing.invites.of(bob.did().text())).hasSize(1);
  }

  /** Lets somebody else go first, once. */
  private static final class Racing extends ForwardingIndex {
    private Runnable before = () -> {};

    Racing(Index index) {
      super(index);
    }

    @Override
    protected <T> T around(String method, boolean write, String what, Body<T> body)
        throws ConditionFailedException {
      if (method.equals("transact")) {
        Runnable first = before;
        before = () -> {};
        first.run();
      }
      return body.run();
    }
  }
}
