package dev.virga.functions.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.MailTokens.Purpose;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The methods that take a token out of a mailbox, and the invite codes that accounts earn. */
class MailedTokenMethodsTest {
  private static final String SERVER = "com.atproto.server.";

  private final AccountServer server = new AccountServer();
  private final Answer alice = server.signUp("alice");
  private final Did did = Did.parse(alice.text("did"));
  private final String token = AccountServer.bearer(alice.text("accessJwt"));

  private String post(String method, @Nullable String json, @Nullable String authorization) {
    return server.post(SERVER + method, json, authorization).error();
  }

  private String mailed(Purpose purpose) {
    return server.pds.mailTokens.create(server.pds.read("alice"), purpose);
  }

  private String appToken(boolean privileged) {
    String secret = server.pds.appPasswords.create(did, "app" + privileged, privileged).secret();
    return AccountServer.bearer(
        server.pds.signIn.signIn(did.text(), secret, false).tokens().accessJwt());
  }

  private void takeDown() {
    server.pds.changes.changeStatus(did, s -> new AccountStatus.Takendown("r", s.own()));
  }

  private String confirm(String email, String mailed, @Nullable String authorization) {
    return post(
        "confirmEmail",
        "{\"email\":\"%s\",\"token\":\"%s\"}".formatted(email, mailed),
        authorization);
  }

  @Test
  void anAddressIsConfirmed() {
    String mailed = mailed(Purpose.CONFIRM_EMAIL);

    assertThat(confirm("bob@example.org", mailed, token)).isEqualTo("400 InvalidEmail");
    assertThat(confirm("alice@example.org", "AAAAA-AAAAA", token)).isEqualTo("400 InvalidToken");
    assertThat(confirm("alice@example.org", mailed, null)).isEqualTo("401 AuthMissing");
    assertThat(confirm("alice@example.org", mailed, AccountServer.admin("adminpw")))
        .isEqualTo("400 InvalidToken");
    assertThat(confirm("alice@example.org", mailed, appToken(false))).isEqualTo("ok");

    Answer session = server.get(SERVER + "getSession", "", token);
    assertThat(session.json().bool("emailConfirmed")).contains(true);
    assertThat(confirm("alice@example.org", mailed, token)).isEqualTo("400 InvalidToken");
  }

  @Test
  void aConfirmationComesInTimeAndOfAnAccountThatIsThere() {
    String mailed = mailed(Purpose.CONFIRM_EMAIL);
    server.pds.clock.advance(MailTokens.LIFE);
    assertThat(confirm("alice@example.org", mailed, token)).isEqualTo("400 ExpiredToken");
    takeDown();
    assertThat(confirm("alice@example.org", mailed, token)).isEqualTo("401 AccountTakedown");
    server.pds.memory.batchDelete(List.of(dev.virga.pds.account.AccountKeys.account(did)));
    assertThat(confirm("alice@example.org", mailed, token)).isEqualTo("403 AccountNotFound");
  }

  private String update(String email, @Nullable String mailed, @Nullable String authorization) {
    String more = mailed == null ? "" : ",\"token\":\"" + mailed + "\"";
    return post("updateEmail", "{\"email\":\"%s\"%s}".formatted(email, more), authorization);
  }

  @Test
  void anAddressIsChanged() {
    server.signUp("bob");

    assertThat(update("nonsense", null, token)).isEqualTo("400 InvalidRequest");
    assertThat(update("x@mailinator.com", null, token)).isEqualTo("400 InvalidRequest");
    assertThat(update("bob@example.org", null, token)).isEqualTo("400 InvalidRequest");
    assertThat(update("new@example.org", null, null)).isEqualTo("401 AuthMissing");
    assertThat(update("new@example.org", null, appToken(true))).isEqualTo("400 InvalidToken");
    assertThat(update("New@example.org", null, token)).isEqualTo("ok");

    assertThat(server.pds.read("alice").email().text()).isEqualTo("new@example.org");
  }

  @Test
  void aConfirmedAddressIsChangedByTokenOnly() {
    confirm("alice@example.org", mailed(Purpose.CONFIRM_EMAIL), token);
    String old = mailed(Purpose.UPDATE_EMAIL);
    server.pds.clock.advance(MailTokens.LIFE);

    assertThat(update("new@example.org", null, token)).isEqualTo("400 TokenRequired");
    assertThat(update("new@example.org", old, token)).isEqualTo("400 ExpiredToken");
    assertThat(update("new@example.org", mailed(Purpose.CONFIRM_EMAIL), token))
        .isEqualTo("400 InvalidToken");
    assertThat(update("new@example.org", mailed(Purpose.UPDATE_EMAIL), token)).isEqualTo("ok");
    assertThat(server.pds.read("alice").emailConfirmed()).isFalse();
  }

  @Test
  void whoIsTakenDownChangesNoAddress() {
    takeDown();

    assertThat(update("new@example.org", null, token)).isEqualTo("401 AccountTakedown");
  }

  private String reset(String mailed, String password) {
    return post(
        "resetPassword",
        "{\"token\":\"%s\",\"password\":\"%s\"}".formatted(mailed, password),
        null);
  }

  private String signIn(String password) {
    return post(
        "createSession",
        "{\"identifier\":\"alice.pds.test\",\"password\":\"%s\"}".formatted(password),
        null);
  }

  @Test
  void aPasswordIsReset() {
    String refresh = AccountServer.bearer(alice.text("refreshJwt"));
    String mailed = mailed(Purpose.RESET_PASSWORD);

    assertThat(reset(mailed, "short")).isEqualTo("400 InvalidPassword");
    assertThat(reset("AAAAA-AAAAA", "battery staple")).isEqualTo("400 InvalidToken");
    assertThat(reset(mailed(Purpose.DELETE_ACCOUNT), "battery staple"))
        .isEqualTo("400 InvalidToken");
    assertThat(reset(mailed, "battery staple")).isEqualTo("ok");

    assertThat(signIn("battery staple")).isEqualTo("ok");
    assertThat(signIn(AccountFixture.PASSWORD)).isEqualTo("401 AuthenticationRequired");
    assertThat(post("refreshSession", null, refresh)).isEqualTo("400 ExpiredToken");
    assertThat(reset(mailed, "battery staple")).isEqualTo("400 InvalidToken");
    String late = mailed(Purpose.RESET_PASSWORD);
    server.pds.clock.advance(MailTokens.LIFE);
    assertThat(reset(late, "battery staple")).isEqualTo("400 ExpiredToken");
  }

  private Answer codes(String query, @Nullable String authorization) {
    return server.get(SERVER + "getAccountInviteCodes", query, authorization);
  }

  private static List<Value> listed(Answer answer) {
    return answer.json().array("codes").orElseThrow();
  }

  @Test
  void codesAreEarnedAndShown() {
    server.pds.clock.advance(Duration.ofDays(14));
    String fresh =
        AccountServer.bearer(
            server
                .pds
                .signIn
                .signIn(did.text(), AccountFixture.PASSWORD, false)
                .tokens()
                .accessJwt());

    assertThat(listed(codes("createAvailable=false", fresh))).isEmpty();
    assertThat(listed(codes("", fresh))).hasSize(2);
    assertThat(listed(codes("", fresh))).hasSize(2);
    String gift = server.pds.invites.create(did.text(), InviteCodes.ADMIN, 1, 1).getFirst();
    assertThat(listed(codes("includeUsed=false", fresh))).hasSize(3);
    server.pds.invites.disable(gift);
    assertThat(listed(codes("", fresh))).hasSize(2);
  }

  @Test
  void codesAreTheOwnersToSee() {
    assertThat(codes("", null).error()).isEqualTo("401 AuthMissing");
    assertThat(codes("", appToken(true)).error()).isEqualTo("400 InvalidToken");
    assertThat(codes("", AccountServer.admin("adminpw")).error()).isEqualTo("400 InvalidToken");
    takeDown();
    assertThat(codes("", token).error()).isEqualTo("401 AccountTakedown");
  }
}
