package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.Sessions;
import dev.virga.pds.moderation.ModerationFixture;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Faults;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.LogEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccountDeletionTest {
  private Faults store = Faults.ofWrites();
  private ModerationFixture server = start();
  private AccountFixture pds = server.pds;

  private ModerationFixture start() {
    store = Faults.ofWrites();
    return new ModerationFixture(new AccountFixture(store::around, true));
  }

  private String invite(String holder) {
    return pds.invites.create(holder, InviteCodes.ADMIN, 1, 3).getFirst();
  }

  /** Somebody with a bit of everything that an account can have. */
  private Did someone(String name, String invite) throws Exception {
    Did did = pds.signUp.signUp(AccountFixture.application(name, invite), null).account().did();
    server.settle();
    BlobRef shown = server.upload(did, name + "'s picture");
    BlobRef hidden = server.upload(did, name + "'s other picture");
    server.upload(did, name + "'s unused picture");
    server.write(did, "one", "with a picture", shown);
    server.write(did, "two", "with another", hidden);
    server.quarantine.takeDown(did, hidden.cid(), "ref");
    server.settle();
    server.write(did, "three", "and something that is not yet numbered");
    server.remove(did, "one");
    pds.signIn.signIn(name + ".pds.test", AccountFixture.PASSWORD, false);
    pds.appPasswords.create(did, "phone", true);
    for (MailTokens.Purpose purpose : MailTokens.Purpose.values()) {
      assertThat(pds.mailTokens.create(pds.accounts.require(did), purpose)).isNotEmpty();
    }
    invite(did.text());
    server.preferences.put(
        did,
        List.of(new Value.Obj(Map.of("$type", Value.of("app.bsky.actor.defs#adultContentPref")))),
        true);
    pds.dids.refresh(did);
    for (MailTokens.Purpose purpose : MailTokens.Purpose.values()) {
      pds.mailTokens.create(pds.read(name), purpose);
    }
    return did;
  }

  /** Every place where a text is found, in either port. */
  private List<String> traces(String text) {
    TreeSet<String> traces = new TreeSet<>();
    for (Entry entry : pds.entries()) {
      String key = entry.key().partition() + " / " + entry.key().sort();
      if (key.contains(text)
          || entry.item().attributes().values().stream().anyMatch(a -> has(a, text))) {
        traces.add(key);
      }
    }
    pds.objects.names().stream().filter(name -> name.contains(text)).forEach(traces::add);
    return List.copyOf(traces);
  }

  private static boolean has(Item.Attribute attribute, String text) {
    return attribute instanceof Item.Attribute.Text(String value) && value.contains(text);
  }

  private List<EventBody> numbered(Did did) {
    return server.log.after(0, server.log.last(), 1_000).stream()
        .filter(entry -> entry.did().equals(did))
        .map(LogEntry::event)
        .map(EventBody::decode)
        .toList();
  }

  private void assertGone(Did did, String name) {
    server.settle();
    assertThat(numbered(did)).containsExactly(AccountEvent.inactive(did, AccountEvent.DELETED));
    List<String> traces = traces(did.text());
    assertThat(traces).hasSize(2);
    assertThat(traces.getFirst()).startsWith(did + " / outbox#");
    assertThat(traces.getLast()).startsWith("log#");
    assertThat(traces(name + ".pds.test")).isEmpty();
    assertThat(traces(name + "@example.org")).isEmpty();
  }

  @Test
  void nothingRemainsButTheEventThatSaysSo() throws Exception {
    String code = invite(InviteCodes.ADMIN);
    Did alice = someone("alice", code);
    Did bob = someone("bob", code);
    server.settle();
    List<String> bobs = traces(bob.text());

    server.deletion.delete(alice);

    assertGone(alice, "alice");
    assertThat(traces(bob.text())).isEqualTo(bobs);
    assertThat(numbered(bob)).isNotEmpty();
    InviteCodes.Code used = pds.invites.find(code).orElseThrow();
    assertThat(used.left()).isEqualTo(1);
    assertThat(used.uses()).extracting(InviteCodes.Use::usedBy).containsExactly(bob);
    assertThat(pds.invites.list(InviteCodes.Order.USAGE, 10, Optional.empty()).codes())
        .extracting(InviteCodes.Code::code)
        .hasSize(2)
        .startsWith(code);
  }

  @Test
  void handleAndAddressAreFreeAgain() throws Exception {
    Did alice = someone("alice", invite(InviteCodes.ADMIN));

    server.deletion.delete(alice);

    assertThat(pds.accounts.find(Handle.parse("alice.pds.test"))).isEmpty();
    assertThat(someone("alice", invite(InviteCodes.ADMIN))).isNotEqualTo(alice);
  }

  @Test
  void anAccountThatIsNotThereIsLeftInPeace() {
    server.deletion.delete(Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa"));

    assertThat(pds.entries()).isEmpty();
  }

  @Test
  void theOwnersTokensAreWorthNothing() throws Exception {
    Did alice = someone("alice", invite(InviteCodes.ADMIN));
    Sessions.Pair session =
        pds.signIn.signIn(alice.text(), AccountFixture.PASSWORD, false).tokens();

    server.deletion.delete(alice);

    Credentials.Refresh refresh = pds.tokens.verifyRefresh(session.refreshJwt(), false);
    assertThatThrownBy(() -> pds.sessions.refresh(refresh)).isInstanceOf(XrpcException.class);
    assertThatThrownBy(() -> server.write(alice, "four", "too late"))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("RepoNotFound"));
    assertThatThrownBy(() -> server.upload(alice, "too late"))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("AccountNotFound"));
    assertThatThrownBy(() -> server.preferences.put(alice, List.of(), true))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("AccountNotFound"));
    assertGone(alice, "alice");
  }

  @Test
  void aTakenDownAccountIsDeletedLikeAnyOther() throws Exception {
    Did alice = someone("alice", invite(InviteCodes.ADMIN));
    pds.changes.moderate(alice, status -> new AccountStatus.Takendown("ref", status.own()));

    server.deletion.delete(alice);

    assertGone(alice, "alice");
  }

  @Test
  void theDidMayMoveInOnceEverythingIsGone() throws Exception {
    Did alice = someone("alice", invite(InviteCodes.ADMIN));
    store.plan(1, Faults.Kind.LOST);
    assertThatThrownBy(() -> server.deletion.delete(alice)).isInstanceOf(StoreException.class);
    assertThat(pds.accounts.find(alice)).isEmpty();
    Admission.Application again = AccountFixture.application("alice", invite(InviteCodes.ADMIN));

    assertThatThrownBy(() -> pds.moveIn.moveIn(alice, again))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e).hasMessageContaining("still being deleted"));
    server.deletion.recover();
    assertThat(pds.moveIn.moveIn(alice, again).account().did()).isEqualTo(alice);

    server.deletion.recover();
    assertThat(pds.accounts.find(alice)).isPresent();
    assertThat(pds.heads.find(alice)).isPresent();
    assertThat(numbered(alice)).hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOST", "UNHEARD", "DEATH_BEFORE", "DEATH_AFTER"})
  void whateverGoesWrongItIsEitherNotBegunOrFinishedByMaintenance(Faults.Kind trouble)
      throws Exception {
    int undecided = 0;
    int finished = 0;
    for (int write = 0; ; write++) {
      server = start();
      pds = server.pds;
      Did alice = someone("alice", invite(InviteCodes.ADMIN));
      store.plan(write, trouble);
      try {
        server.deletion.delete(alice);
      } catch (StoreException | Faults.Death e) {
        // The rest is maintenance.
      }
      if (!store.struck()) {
        break;
      }
      store.revive();
      if (pds.accounts.find(alice).isPresent()) {
        assertThat(pds.heads.find(alice)).isPresent();
        undecided++;
        server.deletion.delete(alice);
      } else {
        finished++;
        server.deletion.recover();
      }
      assertGone(alice, "alice");
    }
    assertThat(undecided)
        .isEqualTo(trouble == Faults.Kind.LOST || trouble == Faults.Kind.DEATH_BEFORE ? 1 : 0);
    assertThat(finished).isGreaterThan(5);
  }
}
