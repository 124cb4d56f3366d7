package dev.virga.atproto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Base32;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DagCbor;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcOperation.LegacyCreate;
import dev.virga.atproto.identity.PlcOperation.Tombstone;
import dev.virga.atproto.identity.PlcOperation.Update;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlcOperationTest {
  private static final Cid SOME_CID = Cid.ofDagCbor(new byte[] {1});
  private static final BigInteger ORDER_OF_K256 =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private static Update genesis() {
    return PlcOperation.genesis(Keys.account(), Keys.RECOVERY);
  }

  private static Update resigned(String sig) {
    return new Update(Keys.account(), null, sig);
  }

  @Test
  void derivesTheDidFromTheSignedGenesis() {
    Update genesis = genesis();

    assertThat(genesis.did().text()).matches("did:plc:[a-z2-7]{24}");
    // The CID carries the same digest, after 4 bytes of header.
    byte[] digest = Arrays.copyOfRange(genesis.cid().toBytes(), 4, Cid.LENGTH);
    assertThat(genesis.did().specific()).isEqualTo(Base32.encode(digest).substring(0, 24));
    assertThat(genesis.did()).isEqualTo(genesis().did());
  }

  @Test
  void signsWhatIsWithoutSignature() {
    Update genesis = genesis();
    byte[] signature = Base64.getUrlDecoder().decode(genesis.sig());

    assertThat(genesis.sig()).hasSize(86);
    assertThat(genesis.unsigned().has("sig")).isFalse();
    assertThat(genesis.unsigned().get("prev")).contains(Value.Null.NULL);
    assertThat(Keys.RECOVERY.publicKey().verify(DagCbor.encode(genesis.unsigned()), signature))
        .isTrue();
  }

  @Test
  void namesItsPredecessorAsText() {
    Update update = PlcOperation.update(SOME_CID, Keys.account(), Keys.SERVER);

    assertThat(update.toValue().text("prev")).contains(SOME_CID.toString());
    assertThat(update.prev()).contains(SOME_CID);
    assertThat(update.state()).contains(Keys.account());
  }

  @Test
  void roundTripsEveryType() {
    LegacyCreate create =
        new LegacyCreate("did:key:zA", "did:key:zB", "alice.test", "pds.example", "sig");
    for (PlcOperation operation :
        List.of(
            genesis(),
            PlcOperation.update(SOME_CID, Keys.account(), Keys.SERVER),
            PlcOperation.tombstone(SOME_CID, Keys.SPARE),
            create)) {
      assertThat(PlcOperation.parse(operation.toValue())).isEqualTo(operation);
      assertThat(DagCbor.decode(DagCbor.encode(operation.toValue())))
          .isEqualTo(operation.toValue());
    }
  }

  @Test
  void readsTheLegacyCreateAsStateOfToday() {
    LegacyCreate create =
        new LegacyCreate("did:key:zSigning", "did:key:zRecovery", "bob.test", "pds.example", "s");

    assertThat(create.state())
        .contains(
            new PlcData(
                List.of("did:key:zRecovery", "did:key:zSigning"),
                Map.of("atproto", "did:key:zSigning"),
                List.of("at://bob.test"),
                Map.of(
                    "atproto_pds",
                    new PlcService("AtprotoPersonalDataServer", "https://pds.example"))));
    LegacyCreate withSchemes =
        new LegacyCreate("did:key:zA", "did:key:zB", "https://bob.test", "http://pds.test", "s");
    PlcData state = withSchemes.state().orElseThrow();
    assertThat(state.alsoKnownAs()).containsExactly("at://bob.test");
    assertThat(state.services().values())
        .extracting(PlcService::endpoint)
        .containsExactly("http://pds.test");
  }

  @Test
  void findsItsSignerByAuthority() {
    List<String> keys = Keys.didKeys(Keys.RECOVERY, Keys.SERVER, Keys.SPARE);

    assertThat(genesis().signer(keys)).hasValue(0);
    assertThat(PlcOperation.tombstone(SOME_CID, Keys.SERVER).signer(keys)).hasValue(1);
    assertThat(PlcOperation.tombstone(SOME_CID, Keys.STRANGER).signer(keys)).isEmpty();
    assertThat(genesis().signer(List.of())).isEmpty();
  }

  @Test
  void passesOverKeysOfUnknownKinds() {
    List<String> keys = List.of("did:key:z6Mkunknown", "nonsense", genesisKey());

    assertThat(genesis().signer(keys)).hasValue(2);
  }

  private static String genesisKey() {
    return Keys.RECOVERY.publicKey().didKey();
  }

  @Test
  void refusesEveryOtherSpellingOfASignature() {
    String sig = genesis().sig();
    List<String> keys = List.of(genesisKey());
    char last = sig.charAt(sig.length() - 1);
    // 64 bytes leave 4 unused bits in the last digit: the next letter decodes to the same bytes.
    String strayBits = sig.substring(0, sig.length() - 1) + (char) (last + 1);

    assertThat(Base64.getUrlDecoder().decode(strayBits))
        .isEqualTo(Base64.getUrlDecoder().decode(sig));
    for (String other :
        List.of(strayBits, sig + "==", sig + "=", sig + "\n", " " + sig, "", "!", sig + "A")) {
      assertThat(resigned(other).signer(keys)).as("'%s'", other).isEmpty();
    }
    assertThat(resigned(sig).signer(keys)).hasValue(0);
  }

  @Test
  void refusesHighS() {
    byte[] signature = Base64.getUrlDecoder().decode(genesis().sig());
    byte[] s = ORDER_OF_K256.subtract(new BigInteger(1, signature, 32, 32)).toByteArray();
    byte[] high = Arrays.copyOf(signature, 64);
    System.arraycopy(s, s.length - 32, high, 32, 32);
    String sig = Base64.getUrlEncoder().withoutPadding().encodeToString(high);

    assertThat(resigned(sig).signer(List.of(genesisKey()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "rotationKeys", "services", "prev", "sig", "alsoKnownAs"})
  void refusesAnOperationWithoutAField(String field) {
    assertThatThrownBy(() -> PlcOperation.parse(genesis().toValue().without(field)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type",
        "rotationKeys",
        "services",
        "prev",
        "sig",
        "alsoKnownAs",
        "verificationMethods"
      })
  void refusesAFieldOfTheWrongKind(String field) {
    for (Value wrong :
        List.of(
            Value.of(1), Value.of(true), Value.of("x"), new Value.Array(List.of(Value.of(1))))) {
      if (field.equals("sig") && wrong instanceof Value.Text) {
        continue;
      }
      assertThatThrownBy(() -> PlcOperation.parse(genesis().toValue().with(field, wrong)))
          .as("%s = %s", field, wrong)
          .isInstanceOf(DataException.class);
    }
  }

  @Test
  void refusesStrayFieldsAtEveryLevel() {
    Value.Obj service =
        Value.Obj.builder().put("type", "T").put("endpoint", "E").put("extra", "x").build();
    Value.Obj services = Value.Obj.builder().put("atproto_pds", service).build();

    assertThatThrownBy(() -> PlcOperation.parse(genesis().toValue().with("extra", Value.of(1))))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> PlcOperation.parse(genesis().toValue().with("services", services)))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(
            () ->
                PlcOperation.parse(
                    new Tombstone(SOME_CID, "s").toValue().with("services", services)))
        .isInstanceOf(DataException.class);
  }

  @Test
  void refusesATombstoneWithoutPredecessorAndACreateWithOne() {
    Value.Obj tombstone = new Tombstone(SOME_CID, "s").toValue();
    Value.Obj create = new LegacyCreate("a", "b", "c", "d", "s").toValue();

    assertThatThrownBy(() -> PlcOperation.parse(tombstone.with("prev", Value.Null.NULL)))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> PlcOperation.parse(create.with("prev", Value.of(SOME_CID.toString()))))
        .isInstanceOf(DataException.class);
  }
}
