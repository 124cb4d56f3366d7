package dev.virga.functions.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.MailTokens.Purpose;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.mail.Mail;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The methods that send mails, and what the owner of the mailbox does next. */
class MailMethodsTest {
  private static final String SERVER = "com.atproto.server.";
  private static final String ALICE = "alice@example.org";

  private final AccountServer server = new AccountServer();
  private final Answer alice = server.signUp("alice");
  private final Did did = Did.parse(alice.text("did"));
  private final String token = AccountServer.bearer(alice.text("accessJwt"));

  private String post(String method, @Nullable String json, @Nullable String authorization) {
    return server.post(SERVER + method, json, authorization).error();
  }

  private String appToken(boolean privileged) {
    String secret = server.pds.appPasswords.create(did, "app" + privileged, privileged).secret();
    return AccountServer.bearer(
        server.pds.signIn.signIn(did.text(), secret, false).tokens().accessJwt());
  }

  private String takeDown() {
    server.pds.changes.changeStatus(did, s -> new AccountStatus.Takendown("r", s.own()));
    return AccountServer.bearer(
        server.pds.signIn.signIn(did.text(), AccountFixture.PASSWORD, true).tokens().accessJwt());
  }

  private String serviceToken(String method) {
    return AccountServer.bearer(
        server.serviceTokens.issue(
            did,
            server.pds.keys.of(did),
            AccountFixture.SERVICE.text(),
            Nsid.parse(SERVER + method),
            server.pds.clock.instant().plusSeconds(60)));
  }

  /** Whoever asks for a mail of a method without being allowed to. */
  private void assertRefused(String method, boolean appPasswordsToo) {
    assertThat(post(method, null, null)).isEqualTo("401 AuthMissing");
    if (appPasswordsToo) {
      assertThat(post(method, null, appToken(true))).isEqualTo("400 InvalidToken");
      assertThat(post(method, null, appToken(false))).isEqualTo("400 InvalidToken");
    }
    assertThat(post(method, null, AccountServer.bearer(alice.text("refreshJwt"))))
        .isEqualTo("400 InvalidToken");
    assertThat(post(method, null, AccountServer.admin("adminpw"))).isEqualTo("400 InvalidToken");
    assertThat(post(method, null, serviceToken(method))).isEqualTo("400 InvalidToken");
    String queued = server.pds.sessions.unrecorded(did, SessionScope.SIGNUP_QUEUED).accessJwt();
    assertThat(post(method, null, AccountServer.bearer(queued))).isEqualTo("400 InvalidToken");
    String leaving = takeDown();
    assertThat(post(method, null, leaving)).isEqualTo("400 InvalidToken");
    assertThat(post(method, null, token)).isEqualTo("401 AccountTakedown");
    assertThat(server.mails).isEmpty();
  }

  @Test
  void anAddressIsConfirmedByMail() {
    assertThat(post("requestEmailConfirmation", null, appToken(false))).isEqualTo("ok");

    String body = "{\"email\":\"%s\",\"token\":\"%s\"}".formatted(ALICE, server.mailed(ALICE));
    assertThat(post("confirmEmail", body, token)).isEqualTo("ok");
    assertThat(server.mails).extracting(Mail::purpose).containsExactly(Mail.Purpose.CONFIRM_EMAIL);
  }

  @Test
  void onlyTheOwnerIsMailedAConfirmation() {
    assertRefused("requestEmailConfirmation", false);
  }

  @Test
  void anAddressThatNobodyConfirmedNeedsNoMailToBeChanged() {
    Answer answer = server.post(SERVER + "requestEmailUpdate", null, token);

    assertThat(answer.json().bool("tokenRequired")).contains(false);
    assertThat(server.mails).isEmpty();
  }

  @Test
  void aConfirmedAddressIsChangedByAMailToIt() {
    server.pds.mailProofs.confirmEmail(
        did, ALICE, server.pds.mailTokens.create(server.pds.read("alice"), Purpose.CONFIRM_EMAIL));

    Answer answer = server.post(SERVER + "requestEmailUpdate", null, token);

    assertThat(answer.json().bool("tokenRequired")).contains(true);
    String body =
        "{\"email\":\"new@example.org\",\"token\":\"%s\"}".formatted(server.mailed(ALICE));
    assertThat(post("updateEmail", body, token)).isEqualTo("ok");
    assertThat(server.pds.read("alice").email().text()).isEqualTo("new@example.org");
  }

  @Test
  void onlyTheOwnerIsMailedAChangeOfAddress() {
    assertRefused("requestEmailUpdate", true);
  }

  private Answer requestReset(String email) {
    return server.post(
        SERVER + "requestPasswordReset", "{\"email\":\"%s\"}".formatted(email), null);
  }

  @Test
  void aForgottenPasswordIsResetByMail() {
    assertThat(requestReset("Alice@Example.org").error()).isEqualTo("ok");
    server.background.remove().run();

    String body =
        "{\"token\":\"%s\",\"password\":\"battery staple\"}".formatted(server.mailed(ALICE));
    assertThat(post("resetPassword", body, null)).isEqualTo("ok");
    assertThat(server.pds.signIn.requirePassword(did, "battery staple").did()).isEqualTo(did);
  }

  @Test
  void theAnswerDoesNotTellWhetherThereIsAnAccount() {
    for (String email : List.of(ALICE, "nobody@example.org", "no address", "", "@")) {
      assertThat(requestReset(email)).as(email).isEqualTo(requestReset(ALICE));
      // Nothing that depends on the account was done before the answer.
      assertThat(server.background).hasSize(2);
      assertThat(server.mails).isEmpty();
      server.background.clear();
    }
  }

  @Test
  void whoIsUnknownGetsNoMail() {
    for (String email : List.of("nobody@example.org", "no address", "")) {
      requestReset(email);
      server.background.remove().run();
    }

    assertThat(server.mails).isEmpty();
  }

  private String delete(String password, String mailed) {
    return post(
        "deleteAccount",
        "{\"did\":\"%s\",\"password\":\"%s\",\"token\":\"%s\"}".formatted(did, password, mailed),
        null);
  }

  @Test
  void anAccountIsDeletedByPasswordAndMail() {
    assertThat(post("requestAccountDelete", null, token)).isEqualTo("ok");
    String mailed = server.mailed(ALICE);
    String app = server.pds.appPasswords.create(did, "app", true).secret();

    assertThat(delete("wrong", mailed)).isEqualTo("401 AuthenticationRequired");
    assertThat(delete(app, mailed)).isEqualTo("401 AuthenticationRequired");
    assertThat(delete(AccountFixture.PASSWORD, "AAAAA-AAAAA")).isEqualTo("400 InvalidToken");
    assertThat(server.pds.accounts.find(did)).isPresent();
    assertThat(delete(AccountFixture.PASSWORD, mailed)).isEqualTo("ok");

    assertThat(server.pds.accounts.find(did)).isEmpty();
    assertThat(delete(AccountFixture.PASSWORD, mailed)).isEqualTo("401 AuthenticationRequired");
    assertThat(server.get(SERVER + "getSession", "", token).error())
        .isEqualTo("403 AccountNotFound");
    assertThat(server.signUp("alice").error()).isEqualTo("ok");
  }

  @Test
  void aTokenOfAnotherPurposeOrTimeDeletesNothing() {
    String other = server.pds.mailTokens.create(server.pds.read("alice"), Purpose.RESET_PASSWORD);
    post("requestAccountDelete", null, token);
    String late = server.mailed(ALICE);
    server.pds.clock.advance(MailTokens.LIFE);

    assertThat(delete(AccountFixture.PASSWORD, other)).isEqualTo("400 InvalidToken");
    assertThat(delete(AccountFixture.PASSWORD, late)).isEqualTo("400 ExpiredToken");
    assertThat(server.pds.accounts.find(did)).isPresent();
  }

  @Test
  void onlyTheOwnerIsMailedADeletion() {
    assertRefused("requestAccountDelete", true);
  }
}
