package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DidChecksTest {
  private final AccountFixture pds = new AccountFixture();
  private final PublicKey other = PrivateKey.generate(Curve.K256, pds.random).publicKey();
  private Did alice = AccountFixture.SERVICE;

  @BeforeEach
  void signUp() {
    alice = pds.account("alice").did();
  }

  @Test
  void anAccountOfOursIsValid() {
    assertThat(pds.didChecks.isValid(alice)).isTrue();
    pds.didChecks.requireValid(alice);
  }

  @Test
  void anotherHomeIsNot() throws Exception {
    change(data -> data.withPds(URI.create("https://other.test")));

    assertInvalid("endpoint");
  }

  @Test
  void anotherSigningKeyIsNot() throws Exception {
    change(data -> data.withSigningKey(other));

    assertInvalid("signing key");
  }

  @Test
  void aDidThatWeCannotChangeIsNot() throws Exception {
    change(data -> data.withRotationKeys(List.of(other)));

    assertInvalid("rotation key");
  }

  @Test
  void aRetiredDidIsNot() throws Exception {
    pds.identities.retire(alice);

    assertInvalid("resolve");
  }

  private void change(UnaryOperator<PlcData> change) throws Exception {
    PlcOperation last = pds.identities.current(alice);
    pds.identities.submit(
        alice, pds.identities.sign(last, change.apply(last.state().orElseThrow())));
  }

  private void assertInvalid(String about) {
    assertThat(pds.didChecks.isValid(alice)).isFalse();
    assertThatThrownBy(() -> pds.didChecks.requireValid(alice))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("InvalidRequest"))
        .hasMessageContaining(about);
  }
}
