package dev.virga.pds.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.pds.SeededRandom;
import java.net.URI;
import org.junit.jupiter.api.Test;

class PlcIdentitiesTest {
  private static final Handle HANDLE = Handle.parse("alice.pds.test");

  private final SeededRandom random = new SeededRandom(6);
  private final PrivateKey rotation = PrivateKey.generate(Curve.K256, random);
  private final PublicKey recovery = PrivateKey.generate(Curve.P256, random).publicKey();
  private final PublicKey own = PrivateKey.generate(Curve.K256, random).publicKey();
  private final PublicKey signing = PrivateKey.generate(Curve.K256, random).publicKey();
  private final FakePlcDirectory directory = new FakePlcDirectory();
  private final PlcIdentities identities =
      new PlcIdentities(directory, rotation, recovery, URI.create("https://pds.test"));

  @Test
  void theOwnersKeyRanksFirstAndOursLast() {
    PlcData data = identities.prepare(HANDLE, signing, own).genesis().state().orElseThrow();

    assertThat(data.rotationKeys())
        .containsExactly(own.didKey(), recovery.didKey(), rotation.publicKey().didKey());
    assertThat(data)
        .isEqualTo(
            PlcData.ofAccount(
                HANDLE,
                signing,
                URI.create("https://pds.test"),
                java.util.List.of(own, recovery, rotation.publicKey())));
  }

  @Test
  void aKeyCountsOnce() {
    assertThat(identities.rotationKeys(recovery)).containsExactly(recovery, rotation.publicKey());
    assertThat(identities.rotationKeys(null)).containsExactly(recovery, rotation.publicKey());
  }

  @Test
  void preparingTellsNobody() {
    Did did = identities.prepare(HANDLE, signing, null).did();

    assertThat(did.method()).isEqualTo("plc");
    assertThat(directory.size()).isZero();
  }

  @Test
  void registersAndRetires() throws Exception {
    PlcIdentities.Prepared prepared = identities.prepare(HANDLE, signing, null);
    identities.register(prepared);
    assertThat(directory.living()).containsExactly(prepared.did());

    identities.retire(prepared.did());
    identities.retire(prepared.did());

    assertThat(directory.living()).isEmpty();
    assertThat(directory.log(prepared.did())).hasSize(2);
    assertThatThrownBy(() -> identities.current(prepared.did()))
        .isInstanceOf(DirectoryException.class);
  }

  @Test
  void retiringAStrangerIsHarmless() throws Exception {
    identities.retire(Did.parse("did:plc:stranger"));

    assertThat(directory.size()).isZero();
  }

  @Test
  void changesTheHandleAndNothingElse() throws Exception {
    PlcIdentities.Prepared prepared = identities.prepare(HANDLE, signing, own);
    identities.register(prepared);
    PlcData before = identities.current(prepared.did()).state().orElseThrow();
    Handle renamed = Handle.parse("alice.example.org");

    identities.changeHandle(prepared.did(), renamed);
    identities.changeHandle(prepared.did(), renamed);

    assertThat(identities.current(prepared.did()).state()).contains(before.withHandle(renamed));
    assertThat(directory.log(prepared.did())).hasSize(2);
  }
}
