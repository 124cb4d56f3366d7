package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.PlcIdentities;
import dev.virga.pds.repo.RepoState;
import dev.virga.pds.store.Entry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MoveInTest {
  private final AccountFixture pds = new AccountFixture();
  private Did alice = AccountFixture.SERVICE;

  @BeforeEach
  void liveElsewhere() throws Exception {
    PlcIdentities elsewhere =
        new PlcIdentities(
            pds.directory,
            PrivateKey.generate(Curve.K256, pds.random),
            null,
            URI.create("https://old.test"));
    PlcIdentities.Prepared prepared =
        elsewhere.prepare(
            Handle.parse("alice.old.test"),
            PrivateKey.generate(Curve.K256, pds.random).publicKey(),
            null);
    elsewhere.register(prepared);
    alice = prepared.did();
  }

  @Test
  void beginsDeactivatedAndInSilence() {
    SignIn.SignedIn made = pds.moveIn.moveIn(alice, AccountFixture.application("alice"));

    assertThat(made.account().did()).isEqualTo(alice);
    assertThat(made.account().status()).isInstanceOf(AccountStatus.Deactivated.class);
    assertThat(pds.heads.find(alice).orElseThrow().state()).isEqualTo(RepoState.DEACTIVATED);
    assertThat(pds.memory.entries()).noneMatch(e -> e.key().sort().startsWith("outbox#"));
    assertThat(pds.directory.log(alice)).hasSize(1);
    assertThat(pds.signIn.signIn("alice.pds.test", AccountFixture.PASSWORD, false)).isNotNull();
  }

  @Test
  void keepsAHandleThatIsTheirs() {
    Admission.Application application =
        new Admission.Application("alice.old.test", "a@b.org", AccountFixture.PASSWORD, null);
    assertRefused(alice, application, "InvalidRequest");
    pds.dns.put("_atproto.alice.old.test", List.of("did=" + alice));

    assertThat(pds.moveIn.moveIn(alice, application).account().handle())
        .isEqualTo(Handle.parse("alice.old.test"));
  }

  @Test
  void usesTheKeyThatWasReserved() {
    PublicKey reserved = pds.reservedKeys.reserve(alice);
    assertThat(pds.reservedKeys.reserve(alice)).isEqualTo(reserved);

    pds.moveIn.moveIn(alice, AccountFixture.application("alice"));

    assertThat(pds.keys.of(alice).publicKey()).isEqualTo(reserved);
    assertThat(pds.reservedKeys.reserve(alice)).isNotEqualTo(reserved);
  }

  @Test
  void aReservationEndsAfterAWeek() {
    PublicKey reserved = pds.reservedKeys.reserve(alice);
    pds.clock.advance(Duration.ofDays(7));

    assertThat(pds.reservedKeys.reserve(alice)).isNotEqualTo(reserved);
  }

  @Test
  void refusesWhoIsHereAlready() {
    Did here = pds.account("bob").did();

    assertRefused(here, AccountFixture.application("other"), "InvalidRequest");
  }

  @Test
  void refusesDidsThatDoNotExist() {
    assertRefused(
        Did.parse("did:plc:nobody"), AccountFixture.application("alice"), "UnresolvableDid");
    assertRefused(
        Did.parse("did:web:nowhere.example.org"),
        AccountFixture.application("alice"),
        "UnresolvableDid");
  }

  @Test
  void aRefusalLeavesNothingBehindButTheCachedDocument() {
    pds.account("taken");
    List<Entry> before = pds.memory.entries();

    assertRefused(alice, AccountFixture.application("taken"), "InvalidRequest");

    assertThat(pds.memory.entries())
        .filteredOn(entry -> !entry.key().partition().startsWith("diddoc#"))
        .isEqualTo(before);
    assertThat(pds.objectNames()).hasSize(1);
  }

  private void assertRefused(Did did, Admission.Application application, String error) {
    assertThatThrownBy(() -> pds.moveIn.moveIn(did, application))
        .isInstanceOfSatisfying(XrpcException.class, e -> assertThat(e.error()).isEqualTo(error));
  }
}
