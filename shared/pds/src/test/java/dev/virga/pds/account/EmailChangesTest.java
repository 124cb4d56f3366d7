package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import org.junit.jupiter.api.Test;

class EmailChangesTest {
  private final AccountFixture pds = new AccountFixture();
  private final EmailChanges emails = new EmailChanges(pds.index, pds.changes);
  private final Did alice = pds.account("alice").did();

  private static EmailAddress email(String name) {
    return EmailAddress.parse(name + "@example.org");
  }

  @Test
  void theNewAddressLeadsToTheAccountAndTheOldOneIsFree() {
    pds.changes.change(alice, a -> a.withEmailConfirmed(pds.clock.instant()));

    emails.change(alice, email("new"));

    assertThat(pds.accounts.find(email("new")).map(Account::did)).contains(alice);
    assertThat(pds.accounts.find(email("alice"))).isEmpty();
    assertThat(pds.read("alice").emailConfirmed()).isFalse();
    Did bob = pds.account("bob").did();
    emails.change(bob, email("alice"));
    assertThat(pds.accounts.find(email("alice")).map(Account::did)).contains(bob);
  }

  @Test
  void somebodyElsesAddressIsRefused() {
    pds.account("bob");

    assertThatThrownBy(() -> emails.change(alice, email("bob")))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("InvalidRequest"));
    assertThat(pds.read("alice").email()).isEqualTo(email("alice"));
  }

  @Test
  void theSameAddressIsUnconfirmed() {
    pds.changes.change(alice, a -> a.withEmailConfirmed(pds.clock.instant()));

    emails.change(alice, email("alice"));

    assertThat(pds.read("alice").emailConfirmed()).isFalse();
    assertThat(pds.accounts.find(email("alice")).map(Account::did)).contains(alice);
  }
}
