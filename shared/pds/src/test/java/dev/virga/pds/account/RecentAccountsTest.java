package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.FakeClock;
import org.junit.jupiter.api.Test;

class RecentAccountsTest {
  private final AccountFixture pds = new AccountFixture();
  private final FakeClock clock = pds.clock;
  private final Account alice = pds.account("alice");
  private final Did did = alice.did();
  private final Accounts otherProcess = new Accounts(pds.index, clock);

  @Test
  void whatAnotherProcessChangesShowsAfterSomeSeconds() {
    assertThat(otherProcess.recall(did)).isPresent();
    deactivate();

    assertThat(otherProcess.recall(did).orElseThrow().status().isActive()).isTrue();
    clock.advance(RecentAccounts.LIFETIME);
    assertThat(otherProcess.recall(did).orElseThrow().status().isActive()).isFalse();
  }

  @Test
  void whatThisProcessChangesShowsAtOnce() {
    assertThat(pds.accounts.recall(did)).isPresent();
    assertThat(pds.accounts.recall(alice.handle())).isPresent();
    deactivate();

    assertThat(pds.accounts.recall(did).orElseThrow().status().isActive()).isFalse();
    assertThat(pds.accounts.recall(alice.handle()).orElseThrow().status().isActive()).isFalse();
  }

  @Test
  void whoeverIsNotActiveIsLookedAtEachTime() {
    deactivate();
    assertThat(otherProcess.recall(did).orElseThrow().status().isActive()).isFalse();
    pds.changes.changeStatus(did, status -> status.withOwn(new AccountStatus.Active()));

    assertThat(otherProcess.recall(did).orElseThrow().status().isActive()).isTrue();
  }

  @Test
  void whoeverIsUnknownIsLookedForEachTime() {
    Did stranger = Did.parse("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    assertThat(otherProcess.recall(stranger)).isEmpty();
    assertThat(otherProcess.recall(stranger)).isEmpty();
  }

  private void deactivate() {
    pds.changes.changeStatus(
        did, status -> status.withOwn(new AccountStatus.Deactivated(clock.instant(), null)));
  }
}
