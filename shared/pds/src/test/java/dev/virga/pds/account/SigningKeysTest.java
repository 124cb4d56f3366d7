package dev.virga.pds.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.store.MemoryIndex;
import java.util.List;
import org.junit.jupiter.api.Test;

class SigningKeysTest {
  private static final Did ALICE = Did.parse("did:plc:alice");

  private final SeededRandom random = new SeededRandom(12);
  private final MemoryIndex index = new MemoryIndex();

  private SigningKeys keys(int secret) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) secret;
    return new SigningKeys(index, new KeySealing(bytes, random), random);
  }

  @Test
  void aKeyOutlivesTheProcess() throws Exception {
    PrivateKey key = keys(1).generate();
    index.transact(List.of(keys(1).creation(ALICE, key)));

    assertThat(keys(1).of(ALICE).toBytes()).isEqualTo(key.toBytes());
  }

  @Test
  void aKeyOpensUnderItsSecretOnly() throws Exception {
    index.transact(List.of(keys(1).creation(ALICE, keys(1).generate())));

    assertThatThrownBy(() -> keys(2).find(ALICE)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aKeyOpensForItsAccountOnly() {
    KeySealing sealing = new KeySealing(new byte[32], random);
    byte[] sealed = sealing.seal("did:plc:alice", new byte[] {1, 2, 3});

    assertThat(sealing.open("did:plc:alice", sealed)).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> sealing.open("did:plc:bob", sealed))
        .isInstanceOf(IllegalStateException.class);
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> sealing.open("did:plc:alice", sealed))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> sealing.open("did:plc:alice", new byte[3]))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void sealingTwiceLooksDifferent() {
    KeySealing sealing = new KeySealing(new byte[32], random);

    assertThat(sealing.seal("a", new byte[32])).isNotEqualTo(sealing.seal("a", new byte[32]));
  }

  @Test
  void strangersHaveNoKey() {
    assertThat(keys(1).find(ALICE)).isEmpty();
    assertThatThrownBy(() -> keys(1).of(ALICE)).isInstanceOf(IllegalStateException.class);
  }
}
