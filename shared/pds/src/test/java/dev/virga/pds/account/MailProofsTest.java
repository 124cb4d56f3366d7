package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.account.MailTokens.Purpose;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MailProofsTest {
  private final AccountFixture pds = new AccountFixture();
  private final Account alice = pds.account("alice");

  private String token(Purpose purpose) {
    return pds.mailTokens.create(pds.read("alice"), purpose);
  }

  private static void refused(String error, Runnable call) {
    MailTokensTest.refused(error, call::run);
  }

  @Test
  void anAddressIsConfirmedByItsToken() {
    String token = token(Purpose.CONFIRM_EMAIL);

    pds.mailProofs.confirmEmail(alice.did(), " ALICE@example.org", token);

    assertThat(pds.read("alice").emailConfirmedAt()).isEqualTo(pds.clock.instant());
    refused(
        "400 InvalidToken",
        () -> pds.mailProofs.confirmEmail(alice.did(), "alice@example.org", token));
  }

  @Test
  void onlyTheAccountsOwnAddressIsConfirmed() {
    String token = token(Purpose.CONFIRM_EMAIL);

    refused(
        "400 InvalidEmail",
        () -> pds.mailProofs.confirmEmail(alice.did(), "bob@example.org", token));
    refused(
        "400 InvalidToken",
        () -> pds.mailProofs.confirmEmail(alice.did(), "alice@example.org", "AAAAA-AAAAA"));
    assertThat(pds.read("alice").emailConfirmed()).isFalse();
  }

  @Test
  void anAddressThatNobodyConfirmedIsChangedWithoutToken() {
    pds.mailProofs.updateEmail(alice.did(), EmailAddress.parse("new@example.org"), null);

    assertThat(pds.read("alice").email().text()).isEqualTo("new@example.org");
    assertThat(pds.accounts.find(EmailAddress.parse("new@example.org"))).isPresent();
    assertThat(pds.accounts.find(EmailAddress.parse("alice@example.org"))).isEmpty();
    assertThat(pds.signUp.signUp(again("alice@example.org"), null).account().email().text())
        .isEqualTo("alice@example.org");
  }

  private static Admission.Application again(String email) {
    return new Admission.Application("bob.pds.test", email, AccountFixture.PASSWORD, null);
  }

  @Test
  void aConfirmedAddressIsChangedByToken() {
    confirm();
    String token = token(Purpose.UPDATE_EMAIL);
    EmailAddress wanted = EmailAddress.parse("new@example.org");

    refused("400 TokenRequired", () -> pds.mailProofs.updateEmail(alice.did(), wanted, null));
    refused(
        "400 InvalidToken", () -> pds.mailProofs.updateEmail(alice.did(), wanted, "AAAAA-AAAAA"));
    pds.mailProofs.updateEmail(alice.did(), wanted, token);

    assertThat(pds.read("alice").email()).isEqualTo(wanted);
    assertThat(pds.read("alice").emailConfirmed()).isFalse();
  }

  @Test
  void anAddressInUseIsRefusedAndCostsNoToken() {
    pds.account("bob");
    confirm();
    String token = token(Purpose.UPDATE_EMAIL);

    refused(
        "400 InvalidRequest",
        () ->
            pds.mailProofs.updateEmail(alice.did(), EmailAddress.parse("bob@example.org"), token));

    pds.mailTokens.require(pds.read("alice"), Purpose.UPDATE_EMAIL, token);
    assertThat(pds.read("bob").email().text()).isEqualTo("bob@example.org");
  }

  private void confirm() {
    pds.mailProofs.confirmEmail(alice.did(), "alice@example.org", token(Purpose.CONFIRM_EMAIL));
  }

  @Test
  void aPasswordIsResetByTokenAlone() {
    String refresh =
        pds.signIn.signIn("alice.pds.test", AccountFixture.PASSWORD, false).tokens().refreshJwt();
    String token = token(Purpose.RESET_PASSWORD);

    pds.mailProofs.resetPassword(token, "battery staple");

    assertThat(pds.signIn.requirePassword(alice.did(), "battery staple").did())
        .isEqualTo(alice.did());
    refused(
        "401 AuthenticationRequired",
        () -> pds.signIn.requirePassword(alice.did(), AccountFixture.PASSWORD));
    assertThat(refresh).isNotEmpty();
    assertThat(pds.memory.entries().stream().filter(e -> e.key().sort().startsWith("refresh#")))
        .isEmpty();
    refused("400 InvalidToken", () -> pds.mailProofs.resetPassword(token, "battery staple 2"));
  }

  @Test
  void aPasswordThatIsNoGoodCostsNoToken() {
    String token = token(Purpose.RESET_PASSWORD);

    refused("400 InvalidPassword", () -> pds.mailProofs.resetPassword(token, "short"));
    refused("400 InvalidRequest", () -> pds.mailProofs.resetPassword(token, "x".repeat(257)));
    pds.clock.advance(MailTokens.LIFE);
    refused("400 ExpiredToken", () -> pds.mailProofs.resetPassword(token, "battery staple"));
    refused("400 InvalidToken", () -> pds.mailProofs.resetPassword("x", "battery staple"));
  }

  @Test
  void aTokenToResetIsWorthNothingOnceTheAddressChanged() {
    String token = token(Purpose.RESET_PASSWORD);
    pds.emailChanges.change(alice.did(), EmailAddress.parse("new@example.org"));

    refused("400 InvalidToken", () -> pds.mailProofs.resetPassword(token, "battery staple"));
  }

  @Test
  void oneTokenOpensOneDoorToManyAtOnce() throws Exception {
    String token = token(Purpose.CONFIRM_EMAIL);
    Callable<Boolean> attempt =
        () -> {
          try {
            pds.mailProofs.confirmEmail(alice.did(), "alice@example.org", token);
            return true;
          } catch (dev.virga.pds.XrpcException e) {
            return false;
          }
        };

    int successes = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Boolean> each : threads.invokeAll(List.of(attempt, attempt, attempt, attempt))) {
        successes += each.get() ? 1 : 0;
      }
    }

    assertThat(successes).isEqualTo(1);
  }
}
