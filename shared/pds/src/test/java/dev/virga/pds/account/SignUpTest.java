package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.identity.DirectoryException;
import dev.virga.pds.repo.RepoState;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Faults;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SignUpTest {
  @Test
  void aNewAccountHasEverythingAnAccountHas() {
    AccountFixture pds = new AccountFixture();

    SignIn.SignedIn made =
        pds.signUp.signUp(
            new Admission.Application("Alice.pds.test", "Alice@Example.org", "12345678", null),
            null);

    Account account = made.account();
    assertThat(pds.read("alice")).isEqualTo(account);
    assertThat(pds.accounts.find(EmailAddress.parse("alice@example.org"))).contains(account);
    assertThat(pds.heads.find(account.did()).orElseThrow().state()).isEqualTo(RepoState.ACTIVE);
    assertThat(pds.passwords.verify("12345678", account.passwordHash())).isTrue();
    assertThat(pds.tokens.verifyAccess(made.tokens().accessJwt()))
        .isEqualTo(new Credentials.Session(account.did(), SessionScope.ACCESS));
    assertThat(pds.sessions.refresh(pds.tokens.verifyRefresh(made.tokens().refreshJwt(), false)))
        .isNotNull();
    assertThat(partitions(pds)).doesNotContain("signups");
  }

  @Test
  void theDirectoryLearnsOfKeysHandleAndHome() {
    AccountFixture pds = new AccountFixture();
    var own = PrivateKey.generate(Curve.P256, pds.random).publicKey();

    Did did = pds.signUp.signUp(AccountFixture.application("alice"), own).account().did();

    assertThat(pds.directory.last(did).orElseThrow().state())
        .contains(
            PlcData.ofAccount(
                pds.read("alice").handle(),
                pds.keys.of(did).publicKey(),
                URI.create("https://pds.test"),
                List.of(own, pds.rotationKey.publicKey())));
  }

  @Test
  void theNetworkIsToldInOneItem() {
    AccountFixture pds = new AccountFixture();

    Did did = pds.account("alice").did();

    List<Entry> outbox =
        pds.memory.entries().stream()
            .filter(entry -> entry.key().sort().startsWith("outbox#"))
            .toList();
    assertThat(outbox).hasSize(1);
    assertThat(outbox.getFirst().item().requireBytes("event1"))
        .isEqualTo(AccountEvent.active(did).encode());
    assertThat(outbox.getFirst().item().bytes("event3")).isPresent();
    assertThat(outbox.getFirst().item().bytes("event4")).isEmpty();
  }

  @Test
  void theSigningKeyIsSealed() {
    AccountFixture pds = new AccountFixture();
    Did did = pds.account("alice").did();
    String secret = new String(pds.keys.of(did).toBytes(), StandardCharsets.ISO_8859_1);

    for (Entry entry : pds.memory.entries()) {
      entry
          .item()
          .attributes()
          .values()
          .forEach(value -> assertThat(latin1(value)).doesNotContain(secret));
    }
  }

  private static String latin1(Object attribute) {
    return attribute instanceof dev.virga.pds.store.Item.Attribute.Bytes(byte[] bytes)
        ? new String(bytes, StandardCharsets.ISO_8859_1)
        : attribute.toString();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "bad_handle.pds.test, a@b.org, 12345678, InvalidHandle",
        "bob, a@b.org, 12345678, InvalidHandle",
        "ab.pds.test, a@b.org, 12345678, InvalidHandle",
        "a.b.pds.test, a@b.org, 12345678, InvalidHandle",
        "aaaaaaaaaaaaaaaaaaa.pds.test, a@b.org, 12345678, InvalidHandle",
        "alice.localhost, a@b.org, 12345678, InvalidHandle",
        "admin.pds.test, a@b.org, 12345678, HandleNotAvailable",
        "taken.pds.test, a@b.org, 12345678, InvalidRequest",
        "alice.example.org, a@b.org, 12345678, UnsupportedDomain",
        "alice.pds.test, taken@example.org, 12345678, InvalidRequest",
        "alice.pds.test, TAKEN@example.org, 12345678, InvalidRequest",
        "alice.pds.test, alice, 12345678, InvalidRequest",
        "alice.pds.test, alice@localhost, 12345678, InvalidRequest",
        "alice.pds.test, alice@mailinator.com, 12345678, InvalidRequest",
        "alice.pds.test, -, 12345678, InvalidRequest",
        "alice.pds.test, a@b.org, -, InvalidRequest",
        "alice.pds.test, a@b.org, 1234567, InvalidPassword"
      })
  void aRefusalLeavesNothingBehind(
      String handle, @Nullable String email, @Nullable String password, String error) {
    AccountFixture pds = new AccountFixture();
    pds.account("taken");
    List<Entry> before = pds.memory.entries();

    assertThatThrownBy(
            () -> pds.signUp.signUp(new Admission.Application(handle, email, password, null), null))
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.error()).isEqualTo(error);
            });
    assertThat(pds.memory.entries()).isEqualTo(before);
    assertThat(pds.directory.size()).isEqualTo(1);
    assertThat(pds.objectNames()).hasSize(1);
  }

  @Test
  void aCodeIsAskedForAndUsedUp() {
    AccountFixture pds = new AccountFixture(index -> index, true);
    String code = pds.invites.create(InviteCodes.ADMIN, InviteCodes.ADMIN, 1, 2).getFirst();

    assertThat(code).matches("pds-test-[a-z2-7]{5}-[a-z2-7]{5}");
    for (String wrong : new String[] {null, "", "pds-test-aaaaa-aaaaa", "x".repeat(5000)}) {
      assertRefused(pds, AccountFixture.application("alice", wrong), "InvalidInviteCode");
    }
    pds.signUp.signUp(AccountFixture.application("alice", code), null);
    pds.signUp.signUp(AccountFixture.application("bob", " " + code), null);
    assertRefused(pds, AccountFixture.application("carol", code), "InvalidInviteCode");

    InviteCodes.Code used = pds.invites.find(code).orElseThrow();
    assertThat(used.left()).isZero();
    assertThat(used.uses())
        .extracting(InviteCodes.Use::usedBy)
        .containsExactlyInAnyOrder(pds.read("alice").did(), pds.read("bob").did());
    assertThat(pds.read("alice").inviteCode()).isEqualTo(code);
  }

  @Test
  void aDisabledCodeIsGoodForNothing() {
    AccountFixture pds = new AccountFixture(index -> index, true);
    String code = pds.invites.create(InviteCodes.ADMIN, InviteCodes.ADMIN, 1, 2).getFirst();

    pds.invites.disable(code);

    assertRefused(pds, AccountFixture.application("alice", code), "InvalidInviteCode");
    assertThat(pds.invites.find(code).orElseThrow().disabled()).isTrue();
  }

  private static void assertRefused(
      AccountFixture pds, Admission.Application application, String error) {
    assertThatThrownBy(() -> pds.signUp.signUp(application, null))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void aDirectoryThatRefusesLeavesNothingBehind() {
    AccountFixture pds = new AccountFixture();
    pds.directory.failBefore(DirectoryException.refused("no"));

    assertRefused(pds, AccountFixture.application("alice"), "UpstreamFailure");

    assertThat(pds.entries()).isEmpty();
    assertThat(pds.objectNames()).isEmpty();
  }

  @Test
  void anUnheardAnswerOfTheDirectoryIsFollowedUp() {
    AccountFixture pds = new AccountFixture();
    pds.directory.failAfter(DirectoryException.unanswered("?", null));
    assertRefused(pds, AccountFixture.application("alice"), "UpstreamFailure");
    assertThat(partitions(pds)).containsExactly("signups");
    pds.directory.failAfter(null);

    pds.account("alice");
    pds.clock.advance(Duration.ofMinutes(6));
    pds.intents.recover();

    assertThat(partitions(pds)).doesNotContain("signups");
    assertThat(pds.directory.living()).containsExactly(pds.read("alice").did());
  }

  /** Every write of a sign-up goes wrong once, in every way; afterwards all is done or undone. */
  @ParameterizedTest
  @EnumSource(names = {"LOST", "UNHEARD", "DEATH_BEFORE", "DEATH_AFTER"})
  void whateverGoesWrongAllIsDoneOrUndone(Faults.Kind trouble) {
    boolean struck = true;
    for (int write = 0; struck; write++) {
      Faults index = Faults.ofWrites();
      AccountFixture pds = new AccountFixture(index::around, false);
      index.plan(write, trouble);

      Throwable failure = catchThrowable(() -> pds.account("alice"));
      struck = index.struck() || failure != null;
      index.revive();
      pds.clock.advance(Duration.ofMinutes(6));
      pds.intents.recover();

      if (pds.accounts.find(dev.virga.atproto.syntax.Handle.parse("alice.pds.test")).isPresent()) {
        Did did = pds.read("alice").did();
        assertThat(pds.directory.living()).containsExactly(did);
        assertThat(pds.signIn.signIn("alice.pds.test", AccountFixture.PASSWORD, false)).isNotNull();
      } else {
        assertThat(failure).as("write %s", write).isNotNull();
        assertThat(pds.directory.living()).as("write %s", write).isEmpty();
        assertThat(pds.entries()).as("write %s", write).isEmpty();
        assertThat(pds.objectNames()).as("write %s", write).isEmpty();
        assertThat(pds.account("alice")).isNotNull();
      }
      assertThat(partitions(pds)).doesNotContain("signups");
    }
  }

  @Test
  void anAbandonedHandleIsFreedForWhoeverWantsIt() {
    Faults index = Faults.ofWrites();
    AccountFixture pds = new AccountFixture(index::around, false);
    index.plan(0, Faults.Kind.DEATH_AFTER);
    assertThat(catchThrowable(() -> pds.account("alice"))).isInstanceOf(Faults.Death.class);
    index.revive();

    assertRefused(pds, AccountFixture.application("alice"), "InvalidRequest");
    pds.clock.advance(Duration.ofMinutes(6));

    assertThat(pds.account("alice")).isNotNull();
    assertThat(partitions(pds)).doesNotContain("signups");
  }

  @Test
  void oneOfManyWhoWantAHandleGetsIt() throws Exception {
    AccountFixture pds = new AccountFixture();

    List<Boolean> won =
        atOnce(
            8,
            i -> new Admission.Application("alice.pds.test", i + "@b.org", "12345678", null),
            pds);

    assertThat(won).containsOnlyOnce(true);
    assertThat(pds.directory.living()).containsExactly(pds.read("alice").did());
    assertThat(pds.objectNames()).hasSize(1);
  }

  @Test
  void aCodeIsNeverUsedTooOften() throws Exception {
    AccountFixture pds = new AccountFixture(index -> index, true);
    String code = pds.invites.create(InviteCodes.ADMIN, InviteCodes.ADMIN, 1, 3).getFirst();

    List<Boolean> won = atOnce(8, i -> AccountFixture.application("user" + i, code), pds);

    assertThat(won.stream().filter(done -> done)).hasSize(3);
    assertThat(pds.directory.living()).hasSize(3);
    assertThat(pds.invites.find(code).orElseThrow().uses()).hasSize(3);
  }

  private interface Applicant {
    Admission.Application number(int i);
  }

  private static List<Boolean> atOnce(int count, Applicant applicant, AccountFixture pds)
      throws Exception {
    List<Boolean> won = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Admission.Application application = applicant.number(i);
        tasks.add(
            () -> {
              try {
                return pds.signUp.signUp(application, null) != null;
              } catch (XrpcException e) {
                return false;
              }
            });
      }
      for (Future<Boolean> task : threads.invokeAll(tasks)) {
        won.add(task.get());
      }
    }
    return won;
  }

  private static List<String> partitions(AccountFixture pds) {
    return pds.memory.entries().stream().map(entry -> entry.key().partition()).distinct().toList();
  }
}
