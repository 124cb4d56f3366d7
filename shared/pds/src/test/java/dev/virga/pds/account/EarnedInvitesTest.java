package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final class Racing implements Index {
    private final Index index;
    private Runnable before = () -> {};

    Racing(Index index) {
      this.index = index;
    }

    @Override
    public void transact(List<Write> writes) throws ConditionFailedException {
      Runnable first = before;
      before = () -> {};
      first.run();
      index.transact(writes);
    }

    @Override
    public Optional<Item> get(Key key) {
      return index.get(key);
    }

    @Override
    public Map<Key, Item> batchGet(Collection<Key> keys) {
      return index.batchGet(keys);
    }

    @Override
    public Page query(Query query) {
      return index.query(query);
    }

    @Override
    public void batchPut(Collection<Entry> entries) {
      index.batchPut(entries);
    }

    @Override
    public void batchDelete(Collection<Key> keys) {
      index.batchDelete(keys);
    }
  }
}
