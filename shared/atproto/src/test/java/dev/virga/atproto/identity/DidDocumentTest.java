package dev.virga.atproto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Base58btc;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DidDocumentTest {
  private static final Did DID = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  private static final PlcData ACCOUNT = Keys.account(Keys.SERVER);

  private static Value.Obj method(String id, String type, String multibase) {
    return Value.Obj.builder()
        .put("id", id)
        .put("type", type)
        .put("controller", DID.text())
        .put("publicKeyMultibase", multibase)
        .build();
  }

  private static DidDocument with(String field, Value... items) {
    return DidDocument.parse(
        Value.Obj.builder()
            .put("id", DID.text())
            .put(field, new Value.Array(List.of(items)))
            .build());
  }

  private static Value.Obj pds(String id, String endpoint) {
    return Value.Obj.builder()
        .put("id", id)
        .put("type", "AtprotoPersonalDataServer")
        .put("serviceEndpoint", endpoint)
        .build();
  }

  @Test
  void rendersAsTheDirectoryDoes() {
    Value.Obj method = method(DID + "#atproto", "Multikey", Keys.SIGNING.publicKey().multibase());
    Value.Obj expected =
        Value.Obj.builder()
            .put(
                "@context",
                PlcData.texts(
                    List.of(
                        "https://www.w3.org/ns/did/v1",
                        "https://w3id.org/security/multikey/v1",
                        "https://w3id.org/security/suites/secp256k1-2019/v1")))
            .put("id", DID.text())
            .put("alsoKnownAs", PlcData.texts(List.of("at://alice.test")))
            .put("verificationMethod", new Value.Array(List.of(method)))
            .put("service", new Value.Array(List.of(pds("#atproto_pds", "https://pds.example"))))
            .build();

    assertThat(DidDocument.of(DID, ACCOUNT).toValue()).isEqualTo(expected);
  }

  @Test
  void namesEachCurvesContextOnceAndLetsUnknownKeysPass() {
    Map<String, String> methods = new LinkedHashMap<>();
    methods.put("a", Keys.SERVER.publicKey().didKey());
    methods.put("b", Keys.SERVER.publicKey().didKey());
    methods.put("c", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");

    DidDocument document =
        DidDocument.of(DID, new PlcData(List.of(), methods, List.of(), Map.of()));

    assertThat(document.toValue().array("@context").orElseThrow())
        .containsExactly(
            Value.of("https://www.w3.org/ns/did/v1"),
            Value.of("https://w3id.org/security/multikey/v1"),
            Value.of("https://w3id.org/security/suites/ecdsa-2019/v1"));
    assertThat(document.verificationKey("b")).contains(Keys.SERVER.publicKey());
    assertThat(document.verificationKey("c")).isEmpty();
    assertThat(document.toValue().toString())
        .contains("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
  }

  @Test
  void readsWhatItRenders() {
    DidDocument document = DidDocument.parse(DidDocument.of(DID, ACCOUNT).toValue());

    assertThat(document.did()).isEqualTo(DID);
    assertThat(document.handle()).contains(Handle.parse("alice.test"));
    assertThat(document.signingKey()).contains(Keys.SIGNING.publicKey());
    assertThat(document.pdsEndpoint()).contains(URI.create("https://pds.example"));
    assertThat(document).isEqualTo(DidDocument.of(DID, ACCOUNT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"#atproto", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa#atproto"})
  void takesBothFormsOfIds(String id) {
    DidDocument document =
        with("verificationMethod", method(id, "Multikey", Keys.SPARE.publicKey().multibase()));

    assertThat(document.signingKey()).contains(Keys.SPARE.publicKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"atproto", "#atproto2", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb#atproto", ""})
  void takesNoOtherIds(String id) {
    DidDocument document =
        with("verificationMethod", method(id, "Multikey", Keys.SPARE.publicKey().multibase()));

    assertThat(document.signingKey()).isEmpty();
  }

  @Test
  void readsTheTypesOf2019() {
    String k256 = "z" + Base58btc.encode(Keys.SPARE.publicKey().compressed());
    String p256 = "z" + Base58btc.encode(Keys.SERVER.publicKey().compressed());
    DidDocument document =
        with(
            "verificationMethod",
            method("#atproto", "EcdsaSecp256k1VerificationKey2019", k256),
            method("#other", "EcdsaSecp256r1VerificationKey2019", p256));

    assertThat(document.signingKey()).contains(Keys.SPARE.publicKey());
    assertThat(document.verificationKey("other")).contains(Keys.SERVER.publicKey());
  }

  @Test
  void offersNoKeyThatItCannotRead() {
    String multibase = Keys.SPARE.publicKey().multibase();

    assertThat(with("verificationMethod", method("#atproto", "Multikey", "zzz")).signingKey())
        .isEmpty();
    assertThat(with("verificationMethod", method("#atproto", "Ed25519", multibase)).signingKey())
        .isEmpty();
    assertThat(
            with(
                    "verificationMethod",
                    method("#atproto", "Multikey", multibase).without("publicKeyMultibase"))
                .signingKey())
        .isEmpty();
    assertThat(with("verificationMethod", Value.of("#atproto"), Value.of(7)).signingKey())
        .isEmpty();
  }

  @Test
  void takesTheFirstOfTwoWithOneId() {
    DidDocument document =
        with(
            "verificationMethod",
            method("#atproto", "Multikey", Keys.SPARE.publicKey().multibase()),
            method("#atproto", "Multikey", Keys.STRANGER.publicKey().multibase()));

    assertThat(document.signingKey()).contains(Keys.SPARE.publicKey());
  }

  @ParameterizedTest
  @CsvSource({
    "https://pds.example, true",
    "http://localhost:2583, true",
    "https://pds.example:8443/, true",
    "ftp://pds.example, false",
    "javascript:alert(1), false",
    "https://, false",
    "https://user@pds.example, false",
    "not a url, false",
    "pds.example, false"
  })
  void offersOnlyWebEndpoints(String endpoint, boolean offered) {
    assertThat(with("service", pds("#atproto_pds", endpoint)).pdsEndpoint().isPresent())
        .isEqualTo(offered);
  }

  @Test
  void offersServicesOfOtherKinds() {
    Value.Obj view =
        pds(DID + "#bsky_appview", "https://view.example").with("type", Value.of("BskyAppView"));
    DidDocument document = with("service", view, view.with("id", Value.of("#atproto_pds")));

    assertThat(document.service("bsky_appview"))
        .contains(new DidDocument.Service("BskyAppView", URI.create("https://view.example")));
    assertThat(document.pdsEndpoint()).isEmpty();
    assertThat(document.service("none")).isEmpty();
  }

  @Test
  void keepsUnknownFields() {
    Value.Obj value = DidDocument.of(DID, ACCOUNT).toValue().with("authentication", Value.of("#x"));

    assertThat(DidDocument.parse(value).toValue()).isEqualTo(value);
  }

  @Test
  void needsOnlyAnId() {
    DidDocument document =
        DidDocument.parse(Value.Obj.builder().put("id", "did:web:example.com").build());

    assertThat(document.handle()).isEmpty();
    assertThat(document.signingKey()).isEmpty();
    assertThat(document.pdsEndpoint()).isEmpty();
    assertThat(document.alsoKnownAs()).isEmpty();
  }

  @Test
  void refusesOtherShapes() {
    Value.Obj good = DidDocument.of(DID, ACCOUNT).toValue();
    for (Value.Obj bad :
        List.of(
            Value.Obj.EMPTY,
            good.without("id"),
            good.with("id", Value.of("plc")),
            good.with("alsoKnownAs", Value.of("at://a.test")),
            good.with("alsoKnownAs", new Value.Array(List.of(Value.of(1)))),
            good.with("service", Value.Obj.EMPTY),
            good.with("verificationMethod", Value.of(1)))) {
      assertThatThrownBy(() -> DidDocument.parse(bad)).isInstanceOf(DataException.class);
    }
  }
}
