package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.AppPasswords;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.store.Write;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
  /** "correct horse" as the reference stores it. */
  private static final String SCRYPT =
      "00112233445566778899aabbccddeeff:3e19ebeabf15ad17c24de695284e79441c0d80c6d98b95a3c052c58a0d"
          + "57b09f83b0742a5805af28a0b5bbcf673af62819b91eb830a104fb0bb42def767f52aa";

  private final AccountFixture pds = new AccountFixture();
  private Did alice = AccountFixture.SERVICE;

  @BeforeEach
  void signUp() {
    alice = pds.account("alice").did();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"alice.pds.test", "ALICE.pds.TEST ", "alice@example.org", "Alice@Example.org"})
  void opensASessionForAnyNameOfAnAccount(String name) {
    SignIn.SignedIn session = pds.signIn.signIn(name, AccountFixture.PASSWORD, false);

    assertThat(session.account().did()).isEqualTo(alice);
    assertThat(pds.tokens.verifyAccess(session.tokens().accessJwt()).scope())
        .isEqualTo(SessionScope.ACCESS);
    assertThat(pds.signIn.signIn(alice.text(), AccountFixture.PASSWORD, false)).isNotNull();
  }

  @Test
  void refusesEverybodyElseInTheSameWay() {
    String[][] wrong = {
      {"alice.pds.test", "wrong"},
      {"nobody.pds.test", AccountFixture.PASSWORD},
      {"nobody@example.org", AccountFixture.PASSWORD},
      {"did:plc:nobody", AccountFixture.PASSWORD},
      {"not a name", AccountFixture.PASSWORD},
      {"", ""},
      {"alice.pds.test", "x".repeat(600)}
    };
    for (String[] pair : wrong) {
      assertThatThrownBy(() -> pds.signIn.signIn(pair[0], pair[1], true))
          .isInstanceOfSatisfying(
              XrpcException.class,
              e -> {
                assertThat(e.status()).isEqualTo(401);
                assertThat(e.error()).isEqualTo("AuthenticationRequired");
                assertThat(e).hasMessage("Invalid identifier or password");
              });
    }
    assertThat(pds.pauses).hasSize(wrong.length).containsOnly(SignIn.FAILURE_TIME);
  }

  @Test
  void anAppPasswordOpensASmallerSession() {
    AppPasswords.Created plain = pds.appPasswords.create(alice, "plain", false);
    AppPasswords.Created privileged = pds.appPasswords.create(alice, "more", true);

    assertThat(scope(plain.secret())).isEqualTo(SessionScope.APP_PASSWORD);
    assertThat(scope(privileged.secret())).isEqualTo(SessionScope.APP_PASSWORD_PRIVILEGED);
    pds.appPasswords.revoke(alice, "plain");
    assertThatThrownBy(() -> scope(plain.secret())).isInstanceOf(XrpcException.class);
  }

  @Test
  void theOwnerOfATakenDownAccountGetsInOnlyToLeave() throws Exception {
    String app = pds.appPasswords.create(alice, "plain", false).secret();
    change(
        pds.read("alice")
            .withStatus(new AccountStatus.Takendown("ref", new AccountStatus.Active())));

    assertRefused(AccountFixture.PASSWORD, false, "AccountTakedown");
    assertRefused(app, true, "AccountTakedown");
    SignIn.SignedIn session = pds.signIn.signIn("alice.pds.test", AccountFixture.PASSWORD, true);

    assertThat(pds.tokens.verifyAccess(session.tokens().accessJwt()).scope())
        .isEqualTo(SessionScope.TAKENDOWN);
    assertThatThrownBy(
            () ->
                pds.sessions.refresh(
                    pds.tokens.verifyRefresh(session.tokens().refreshJwt(), false)))
        .isInstanceOf(XrpcException.class);
  }

  @Test
  void aDeactivatedAccountMaySignIn() throws Exception {
    change(pds.read("alice").withStatus(new AccountStatus.Deactivated(pds.clock.instant(), null)));

    assertThat(scope(AccountFixture.PASSWORD)).isEqualTo(SessionScope.ACCESS);
  }

  @Test
  void hashesOfTheReferenceAreReplaced() throws Exception {
    change(pds.read("alice").withPassword(SCRYPT));

    assertThat(scope("correct horse")).isEqualTo(SessionScope.ACCESS);

    assertThat(pds.read("alice").passwordHash()).startsWith("$argon2id$");
    assertThat(scope("correct horse")).isEqualTo(SessionScope.ACCESS);
  }

  @Test
  void theOwnPasswordIsToldFromAppPasswords() {
    String app = pds.appPasswords.create(alice, "plain", false).secret();

    assertThat(pds.signIn.requirePassword(alice, AccountFixture.PASSWORD).did()).isEqualTo(alice);
    assertThatThrownBy(() -> pds.signIn.requirePassword(alice, app))
        .isInstanceOf(XrpcException.class);
    assertThatThrownBy(
            () -> pds.signIn.requirePassword(Did.parse("did:plc:x"), AccountFixture.PASSWORD))
        .isInstanceOf(XrpcException.class);
  }

  private SessionScope scope(String password) {
    SignIn.SignedIn session = pds.signIn.signIn("alice.pds.test", password, false);
    return pds.tokens.verifyAccess(session.tokens().accessJwt()).scope();
  }

  private void assertRefused(String password, boolean allowTakendown, String error) {
    assertThatThrownBy(() -> pds.signIn.signIn("alice.pds.test", password, allowTakendown))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  private void change(Account changed) throws Exception {
    pds.memory.transact(List.of(Write.put(AccountKeys.account(changed.did()), changed.toItem())));
  }
}
