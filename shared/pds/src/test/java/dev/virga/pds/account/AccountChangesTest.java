package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.repo.RepoState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountChangesTest {
  private final AccountFixture pds = new AccountFixture();
  private Did alice = AccountFixture.SERVICE;

  @BeforeEach
  void signUp() {
    alice = pds.account("alice").did();
  }

  private List<String> newEvents() {
    List<String> all = pds.events(alice);
    return all.subList(4, all.size());
  }

  @Test
  void deactivationReachesTheRepositoryAndTheNetwork() {
    Instant later = pds.clock.instant().plusSeconds(100);

    pds.changes.changeStatus(
        alice, s -> s.withOwn(new AccountStatus.Deactivated(pds.clock.instant(), later)));

    assertThat(pds.read("alice").status())
        .isEqualTo(new AccountStatus.Deactivated(pds.clock.instant(), later));
    assertThat(pds.heads.find(alice).orElseThrow().state()).isEqualTo(RepoState.DEACTIVATED);
    assertThat(newEvents()).containsExactly("#account deactivated");
  }

  @Test
  void activationAnnouncesTheWholeAccount() {
    pds.changes.changeStatus(
        alice, s -> s.withOwn(new AccountStatus.Deactivated(pds.clock.instant(), null)));

    pds.changes.changeStatus(alice, s -> s.withOwn(new AccountStatus.Active()));

    assertThat(pds.heads.find(alice).orElseThrow().state()).isEqualTo(RepoState.ACTIVE);
    assertThat(newEvents())
        .containsExactly("#account deactivated", "#account active", "#identity", "#sync");
  }

  @Test
  void aTakedownEndsSessionsAndItsReversalBringsBackWhatWasThere() {
    Sessions.Pair session =
        pds.signIn.signIn("alice.pds.test", AccountFixture.PASSWORD, false).tokens();
    pds.changes.changeStatus(
        alice, s -> s.withOwn(new AccountStatus.Deactivated(pds.clock.instant(), null)));
    AccountStatus.Own before = pds.read("alice").status().own();

    pds.changes.changeStatus(alice, s -> new AccountStatus.Takendown("ref-1", s.own()));
    assertThat(pds.read("alice").status()).isEqualTo(new AccountStatus.Takendown("ref-1", before));
    Credentials.Refresh refresh = pds.tokens.verifyRefresh(session.refreshJwt(), false);
    assertThatThrownBy(() -> pds.sessions.refresh(refresh)).isInstanceOf(XrpcException.class);
    pds.changes.changeStatus(alice, AccountStatus::own);

    assertThat(pds.read("alice").status()).isEqualTo(before);
    assertThat(newEvents())
        .containsExactly("#account deactivated", "#account takendown", "#account deactivated");
  }

  @Test
  void suspensionIsKeptApartFromTakedown() {
    pds.changes.changeStatus(alice, s -> new AccountStatus.Suspended("ref-2", s.own()));

    assertThat(pds.read("alice").status())
        .isEqualTo(new AccountStatus.Suspended("ref-2", new AccountStatus.Active()));
    assertThat(newEvents()).containsExactly("#account suspended");
  }

  @Test
  void aNewPasswordEndsAllSessions() {
    Credentials.Refresh refresh =
        pds.tokens.verifyRefresh(
            pds.signIn
                .signIn("alice.pds.test", AccountFixture.PASSWORD, false)
                .tokens()
                .refreshJwt(),
            false);

    pds.changes.change(alice, a -> a.withPassword(pds.passwords.hash("another one")));

    assertThatThrownBy(() -> pds.sessions.refresh(refresh)).isInstanceOf(XrpcException.class);
    assertThat(pds.signIn.signIn("alice.pds.test", "another one", false)).isNotNull();
    assertThat(newEvents()).isEmpty();
  }

  @Test
  void aChangeMayRefuse() {
    Account before = pds.read("alice");

    assertThatThrownBy(
            () ->
                pds.changes.change(
                    alice,
                    a -> {
                      throw XrpcException.invalidRequest("no");
                    }))
        .isInstanceOf(XrpcException.class);
    assertThat(pds.read("alice")).isEqualTo(before);
  }

  @Test
  void changesOfNobodyAreRefused() {
    assertThatThrownBy(() -> pds.changes.change(Did.parse("did:plc:nobody"), a -> a))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("AccountNotFound"));
  }
}
