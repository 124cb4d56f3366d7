package dev.virga.functions.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.InviteCodes;
import dev.virga.pds.mail.Mail;
import dev.virga.pds.mail.MailException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountAdministrationTest {
  private static final String NOBODY = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

  private final AdminServer server = new AdminServer();
  private final AccountFixture pds = server.pds;
  private final Did alice = pds.account("alice").did();

  private static Value.Obj body(String... pairs) {
    Value.Builder body = Value.Obj.builder();
    for (int i = 0; i < pairs.length; i += 2) {
      body.put(pairs[i], pairs[i + 1]);
    }
    return body.build();
  }

  private List<Value.Obj> list(Answer answer, String name) {
    return answer.json().array(name).orElseThrow().stream().map(Value.Obj.class::cast).toList();
  }

  private boolean canSignIn(String identifier, String password) {
    return server
            .server
            .post(
                "com.atproto.server.createSession",
                "{\"identifier\":\"%s\",\"password\":\"%s\"}".formatted(identifier, password),
                null)
            .status()
        == 200;
  }

  @Test
  void anAccountIsShownWithAllThatIsKnown() {
    String code = pds.invites.create(alice.text(), InviteCodes.ADMIN, 1, 1).getFirst();
    pds.changes.change(alice, account -> account.withEmailConfirmed(pds.clock.instant()));
    pds.changes.changeStatus(
        alice, s -> s.withOwn(new AccountStatus.Deactivated(pds.clock.instant(), null)));

    Answer info = server.get("getAccountInfo", "did=" + alice);

    assertThat(info.text("did")).isEqualTo(alice.text());
    assertThat(info.text("handle")).isEqualTo("alice.pds.test");
    assertThat(info.text("email")).isEqualTo("alice@example.org");
    assertThat(info.text("indexedAt")).isEqualTo("2026-03-01T12:00:00.000Z");
    assertThat(info.text("emailConfirmedAt")).isEqualTo("2026-03-01T12:00:00.000Z");
    assertThat(info.text("deactivatedAt")).isEqualTo("2026-03-01T12:00:00.000Z");
    assertThat(info.json().bool("invitesDisabled")).contains(false);
    assertThat(list(info, "invites"))
        .extracting(i -> i.text("code"))
        .containsExactly(Optional.of(code));
    assertThat(server.get("getAccountInfo", "did=" + NOBODY).error()).isEqualTo("400 NotFound");
    assertThat(server.get("getAccountInfo", "did=alice.pds.test").error())
        .isEqualTo("400 InvalidRequest");
  }

  @Test
  void severalAccountsAreShownAndUnknownOnesLeftOut() {
    Did bob = pds.account("bob").did();

    Answer infos =
        server.get("getAccountInfos", "dids=%s&dids=%s&dids=%s".formatted(bob, NOBODY, alice));

    assertThat(list(infos, "infos"))
        .extracting(info -> info.text("handle").orElseThrow())
        .containsExactly("bob.pds.test", "alice.pds.test");
    assertThat(server.get("getAccountInfos", ("dids=" + NOBODY + "&").repeat(201)).error())
        .isEqualTo("400 InvalidRequest");
  }

  @Test
  void accountsAreFoundByAddress() {
    pds.account("alison");
    Answer first = server.get("searchAccounts", "email=ali&limit=1");

    assertThat(list(first, "accounts")).hasSize(1);
    Answer second =
        server.get(
            "searchAccounts",
            "email=ali&limit=1&cursor="
                + URLEncoder.encode(first.text("cursor"), StandardCharsets.UTF_8));
    assertThat(list(second, "accounts"))
        .hasSize(1)
        .doesNotContainAnyElementsOf(list(first, "accounts"));
    assertThat(list(server.get("searchAccounts", "email=alice%40example.org"), "accounts"))
        .hasSize(1);
    assertThat(server.get("searchAccounts", "cursor=x").error()).isEqualTo("400 InvalidRequest");
    assertThat(server.get("searchAccounts", "limit=101").error()).isEqualTo("400 InvalidRequest");
  }

  @Test
  void theHandleIsChangedBeyondTheRulesForOwners() {
    assertThat(
            server
                .post("updateAccountHandle", body("did", alice.text(), "handle", "admin.pds.test"))
                .error())
        .isEqualTo("ok");

    assertThat(pds.accounts.require(alice).handle().text()).isEqualTo("admin.pds.test");
    assertThat(pds.events(alice)).endsWith("#identity");
    pds.account("bob");
    assertThat(
            server
                .post("updateAccountHandle", body("did", alice.text(), "handle", "bob.pds.test"))
                .status())
        .isEqualTo(400);
    assertThat(
            server.post("updateAccountHandle", body("did", alice.text(), "handle", "b_d")).error())
        .isIn("400 InvalidRequest", "400 InvalidHandle");
    assertThat(
            server
                .post("updateAccountHandle", body("did", NOBODY, "handle", "bab.pds.test"))
                .error())
        .isEqualTo("400 NotFound");
  }

  @Test
  void theAddressIsChangedAndUnconfirmed() {
    pds.changes.change(alice, account -> account.withEmailConfirmed(pds.clock.instant()));
    pds.account("bob");

    assertThat(
            server
                .post("updateAccountEmail", body("account", "alice.pds.test", "email", "A@new.org"))
                .error())
        .isEqualTo("ok");

    Account changed = pds.read("alice");
    assertThat(changed.email().text()).isEqualTo("a@new.org");
    assertThat(changed.emailConfirmed()).isFalse();
    for (String bad : List.of("bob@example.org", "nonsense", "")) {
      assertThat(
              server
                  .post("updateAccountEmail", body("account", alice.text(), "email", bad))
                  .error())
          .isEqualTo("400 InvalidRequest");
    }
    assertThat(
            server
                .post("updateAccountEmail", body("account", NOBODY, "email", "x@example.org"))
                .error())
        .isEqualTo("400 NotFound");
  }

  @Test
  void thePasswordIsChangedAndSessionsEnd() {
    assertThat(
            server
                .post(
                    "updateAccountPassword",
                    body("did", alice.text(), "password", "battery staple"))
                .error())
        .isEqualTo("ok");

    assertThat(canSignIn("alice.pds.test", "battery staple")).isTrue();
    assertThat(canSignIn("alice.pds.test", AccountFixture.PASSWORD)).isFalse();
    assertThat(pds.memory.entries())
        .filteredOn(entry -> entry.key().sort().startsWith("refresh#"))
        .hasSize(1);
    assertThat(
            server
                .post("updateAccountPassword", body("did", alice.text(), "password", "short"))
                .status())
        .isEqualTo(400);
    assertThat(
            server
                .post("updateAccountPassword", body("did", NOBODY, "password", "battery staple"))
                .error())
        .isEqualTo("400 NotFound");
  }

  @Test
  void anAccountIsDeleted() {
    assertThat(server.post("deleteAccount", body("did", alice.text())).error()).isEqualTo("ok");

    assertThat(pds.accounts.find(alice)).isEmpty();
    assertThat(pds.events(alice)).containsExactly("#account deleted");
    assertThat(canSignIn("alice.pds.test", AccountFixture.PASSWORD)).isFalse();
    assertThat(server.post("deleteAccount", body("did", alice.text())).error())
        .isEqualTo("400 NotFound");
  }

  @Test
  void invitesAreDisabledAndEnabledForAnAccount() {
    assertThat(
            server
                .post("disableAccountInvites", body("account", alice.text(), "note", "n"))
                .error())
        .isEqualTo("ok");
    assertThat(pds.read("alice").invitesDisabled()).isTrue();
    assertThat(server.post("enableAccountInvites", body("account", alice.text())).error())
        .isEqualTo("ok");
    assertThat(pds.read("alice").invitesDisabled()).isFalse();
    for (String method : List.of("enableAccountInvites", "disableAccountInvites")) {
      assertThat(server.post(method, body("account", NOBODY)).error()).isEqualTo("400 NotFound");
    }
  }

  @Test
  void aMailIsSentToTheOwner() {
    Value.Obj mail =
        body("recipientDid", alice.text(), "content", "Hello\n\nyou", "senderDid", NOBODY);

    assertThat(server.post("sendEmail", mail).json().bool("sent")).contains(true);
    assertThat(server.post("sendEmail", mail.with("subject", Value.of("News"))).status())
        .isEqualTo(200);

    assertThat(server.sent).extracting(Mail::to).containsOnly("alice@example.org");
    assertThat(server.sent)
        .extracting(Mail::subject)
        .containsExactly("Message via your PDS", "News");
    assertThat(server.sent.getFirst().text()).contains("Hello");
    assertThat(server.sent).extracting(Mail::kind).containsOnly(Mail.Kind.MODERATION);
  }

  @Test
  void aMailThatCannotBeSentSaysSo() {
    Value.Obj mail = body("recipientDid", alice.text(), "content", "Hello", "senderDid", NOBODY);

    assertThat(server.post("sendEmail", mail.with("recipientDid", Value.of(NOBODY))).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(server.post("sendEmail", mail.with("subject", Value.of("a\nb"))).error())
        .isEqualTo("400 InvalidRequest");
    server.mailer =
        refused -> {
          throw new MailException("no", new IOException("no"));
        };
    assertThat(server.post("sendEmail", mail).error()).isEqualTo("502 UpstreamFailure");
    assertThat(server.sent).isEmpty();
  }
}
