package dev.virga.functions.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionTokens;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** The readers of keys, DID documents and tokens. */
final class IdentityTargets {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_000));
  private static final Did SERVICE = Did.parse("did:web:pds.example");
  private static final Nsid METHOD = Nsid.parse("com.example.method");
  private static final PublicKey KEY =
      PublicKey.parseDidKey("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme");
  private static final ServiceTokens SERVICE_TOKENS =
      new ServiceTokens(
          CLOCK, new SecureRandom(), SERVICE, (did, fragment, fresh) -> Optional.of(KEY));
  private static final SessionTokens SESSION_TOKENS =
      new SessionTokens(CLOCK, new byte[32], SERVICE);

  private IdentityTargets() {}

  /** A key that is read is written as it was, and can check signatures. */
  static void didKey(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    PublicKey key;
    try {
      key = PublicKey.parseDidKey(text);
    } catch (SyntaxException refused) {
      return;
    }
    assertThat(key.didKey()).isEqualTo(text);
    assertThat(PublicKey.parseMultibase(key.multibase())).isEqualTo(key);
    assertThat(PublicKey.fromCompressed(key.curve(), key.compressed())).isEqualTo(key);
    assertThat(PublicKey.fromCoordinates(key.curve(), key.x(), key.y())).isEqualTo(key);
    assertThat(key.verify(input, new byte[64])).isFalse();
    assertThat(key.verifyMalleable(input, input)).isFalse();
  }

  /** Whatever a document claims, it can be asked for everything. */
  static void didDocument(byte[] input) {
    DidDocument document;
    try {
      if (!(DataJson.parse(input) instanceof Value.Obj value)) {
        return;
      }
      document = DidDocument.parse(value);
    } catch (DataException refused) {
      return;
    }
    assertThat(DidDocument.parse(document.toValue())).isEqualTo(document);
    assertThat(document.did().text()).startsWith("did:");
    assertThat(document.handle()).isNotNull();
    assertThat(document.signingKey()).isNotNull();
    assertThat(document.verificationKey("atproto_label")).isNotNull();
    assertThat(document.service("atproto_labeler")).isNotNull();
    document.pdsEndpoint().ifPresent(url -> assertThat(url.getHost()).isNotEmpty());
  }

  /** No token is believed, as none has a signature by these keys; each is refused by name. */
  static void jwt(byte[] input) {
    String token = new String(input, StandardCharsets.UTF_8);
    assertThat(ServiceTokens.isOne(token)).isIn(true, false);
    refused(() -> SERVICE_TOKENS.verify(token, METHOD));
    refused(() -> SESSION_TOKENS.verifyAccess(token));
    refused(() -> SESSION_TOKENS.verifyRefresh(token, true));
  }

  private static void refused(Supplier<?> check) {
    Object believed;
    try {
      believed = check.get();
    } catch (XrpcException refused) {
      assertThat(refused.status()).isBetween(400, 499);
      return;
    }
    throw new AssertionError("believed: " + believed);
  }
}
