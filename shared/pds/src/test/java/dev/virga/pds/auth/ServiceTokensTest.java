package dev.virga.pds.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.XrpcException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceTokensTest {
  private static final Did PDS = Did.parse("did:web:pds.test");
  private static final Did ALICE = Did.parse("did:plc:alice");
  private static final Nsid METHOD = Nsid.parse("com.atproto.repo.uploadBlob");

  private final FakeClock clock = new FakeClock();
  private final SeededRandom random = new SeededRandom(5);
  private final PrivateKey key = PrivateKey.generate(Curve.K256, random);
  private final Map<String, PublicKey> cached = new HashMap<>();
  private final Map<String, PublicKey> current = new HashMap<>();
  private final List<String> refreshed = new ArrayList<>();
  private final ServiceTokens tokens = new ServiceTokens(clock, random, PDS, this::find);

  private Optional<PublicKey> find(Did did, String fragment, boolean fresh) {
    String name = did + "#" + fragment;
    if (fresh) {
      refreshed.add(name);
    }
    return Optional.ofNullable((fresh ? current : cached).get(name));
  }

  private void publish(String name, PublicKey value) {
    cached.put(name, value);
    current.put(name, value);
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void believesTheOwnersKey(Curve curve) {
    PrivateKey own = PrivateKey.generate(curve, random);
    publish("did:plc:alice#atproto", own.publicKey());
    String token = tokens.issue(ALICE, own, PDS.text(), METHOD, soon());

    assertThat(tokens.verify(token, METHOD)).isEqualTo(new Credentials.Service(ALICE, null));
    assertThat(ServiceTokens.isOne(token)).isTrue();
    assertThat(refreshed).isEmpty();
  }

  @Test
  void acceptsTheServersIdInTheAudience() {
    publish("did:plc:alice#atproto", key.publicKey());
    String token = tokens.issue(ALICE, key, PDS + "#atproto_pds", METHOD, soon());

    assertThat(tokens.verify(token, METHOD).issuer()).isEqualTo(ALICE);
  }

  @Test
  void looksOnceMoreWhenAKeyWasChanged() {
    cached.put("did:plc:alice#atproto", PrivateKey.generate(Curve.K256, random).publicKey());
    current.put("did:plc:alice#atproto", key.publicKey());

    assertThat(tokens.verify(issue(), METHOD).issuer()).isEqualTo(ALICE);
    assertThat(refreshed).containsExactly("did:plc:alice#atproto");
  }

  @Test
  void refusesASignatureOfSomebodyElse() {
    publish("did:plc:alice#atproto", PrivateKey.generate(Curve.K256, random).publicKey());

    assertRefused(issue(), "BadJwtSignature");
    assertThat(refreshed).hasSize(1);
  }

  @Test
  void refusesIssuersWithoutAKey() {
    assertRefused(issue(), "BadJwtIss");
  }

  @Test
  void refusesOtherAudiencesAndMethods() {
    publish("did:plc:alice#atproto", key.publicKey());

    assertRefused(tokens.issue(ALICE, key, "did:web:other.test", METHOD, soon()), "BadJwtAudience");
    assertRefused(tokens.issue(ALICE, key, PDS.text(), null, soon()), "BadJwtLexiconMethod");
    assertRefused(
        tokens.issue(
            ALICE, key, PDS.text(), Nsid.parse("com.atproto.server.createAccount"), soon()),
        "BadJwtLexiconMethod");
  }

  @Test
  void refusesExpiredTokens() {
    publish("did:plc:alice#atproto", key.publicKey());
    String token = issue();
    clock.advance(Duration.ofSeconds(60));

    assertRefused(token, "JwtExpired");
  }

  @Test
  void namesServicesByFragmentOrByKeyId() {
    Did mod = Did.parse("did:web:mod.test");
    publish("did:web:mod.test#atproto_label", key.publicKey());
    Value.Obj claims = claims("did:web:mod.test#atproto_labeler");
    Credentials.Service labeler = new Credentials.Service(mod, "atproto_labeler");

    assertThat(tokens.verify(sign(header("JWT"), claims), METHOD)).isEqualTo(labeler);
    assertThat(
            tokens.verify(
                sign(
                    header("JWT").with("kid", Value.of("#atproto_label")),
                    claims("did:web:mod.test")),
                METHOD))
        .isEqualTo(labeler);
  }

  @Test
  void refusesTokensOfOtherTypes() {
    publish("did:plc:alice#atproto", key.publicKey());

    for (String type : new String[] {"at+jwt", "refresh+jwt", "dpop+jwt", "DPOP+JWT"}) {
      String token = sign(header(type), claims(ALICE.text()));
      assertRefused(token, "BadJwtType");
      assertThat(ServiceTokens.isOne(token)).isFalse();
    }
  }

  @Test
  void refusesMalformedTokens() {
    publish("did:plc:alice#atproto", key.publicKey());

    assertRefused("nonsense", "BadJwt");
    assertRefused(
        sign(header("JWT").with("alg", Value.of("none")), claims("did:plc:alice")), "BadJwt");
    assertRefused(sign(header("JWT"), claims("did:plc:alice").without("exp")), "BadJwt");
    assertRefused(sign(header("JWT"), claims("alice")), "BadJwtIss");
  }

  @Test
  void refusesAnAlgorithmThatIsNotTheKeys() {
    publish("did:plc:alice#atproto", key.publicKey());

    assertRefused(
        sign(header("JWT").with("alg", Value.of("ES256")), claims("did:plc:alice")),
        "BadJwtSignature");
  }

  private Instant soon() {
    return clock.instant().plusSeconds(60);
  }

  private String issue() {
    return tokens.issue(ALICE, key, PDS.text(), METHOD, soon());
  }

  private static Value.Obj header(String type) {
    return Value.Obj.builder().put("typ", type).put("alg", "ES256K").build();
  }

  private Value.Obj claims(String issuer) {
    return Value.Obj.builder()
        .put("iss", issuer)
        .put("aud", PDS.text())
        .put("lxm", METHOD.text())
        .put("exp", soon().getEpochSecond())
        .build();
  }

  private String sign(Value.Obj header, Value.Obj claims) {
    return Jwt.sign(header, claims, key::sign);
  }

  private void assertRefused(String token, String error) {
    assertThatThrownBy(() -> tokens.verify(token, METHOD))
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(401);
              assertThat(e.error()).isEqualTo(error);
            });
  }
}
