package dev.virga.functions.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdentityMethodsTest {
  private static final String IDENTITY = "com.atproto.identity.";

  private final AccountServer server = new AccountServer();
  private final Answer alice = server.signUp("alice");
  private final Did did = Did.parse(alice.text("did"));
  private final String token = AccountServer.bearer(alice.text("accessJwt"));

  @Test
  void resolvesHandles() {
    assertThat(resolve("alice.pds.test").text("did")).isEqualTo(did.text());
    assertThat(resolve("ALICE.pds.test").text("did")).isEqualTo(did.text());
    assertThat(resolve("bob.pds.test").error()).isEqualTo("400 HandleNotFound");
    assertThat(resolve("nobody.example.org").error()).isEqualTo("400 HandleNotFound");
    assertThat(resolve("nonsense").error()).isEqualTo("400 InvalidRequest");
    assertThat(resolve("").error()).isEqualTo("400 InvalidRequest");
  }

  private Answer resolve(String handle) {
    return server.get(IDENTITY + "resolveHandle", "handle=" + handle, null);
  }

  @Test
  void resolvesDidsAndIdentities() {
    assertThat(
            server
                .get(IDENTITY + "resolveDid", "did=" + did, null)
                .json()
                .obj("didDoc")
                .orElseThrow()
                .text("id"))
        .contains(did.text());
    assertThat(server.get(IDENTITY + "resolveDid", "did=did:plc:nobody", null).error())
        .isEqualTo("400 DidNotFound");
    for (String identifier : new String[] {did.text(), "alice.pds.test"}) {
      Answer found = server.get(IDENTITY + "resolveIdentity", "identifier=" + identifier, null);
      assertThat(found.text("did")).isEqualTo(did.text());
      assertThat(found.text("handle")).isEqualTo("alice.pds.test");
    }
    assertThat(server.get(IDENTITY + "resolveIdentity", "identifier=bob.pds.test", null).error())
        .isEqualTo("400 HandleNotFound");
  }

  @Test
  void aHandleThatOnlyTheDidClaimsIsInvalid() throws Exception {
    server.pds.identities.changeHandle(did, Handle.parse("other.example.org"));
    String body = "{\"identifier\":\"%s\"}".formatted(did);

    assertThat(server.post(IDENTITY + "refreshIdentity", body, token).text("handle"))
        .isEqualTo("handle.invalid");
    server.pds.dns.put("_atproto.other.example.org", List.of("did=" + did));
    assertThat(server.post(IDENTITY + "refreshIdentity", body, token).text("handle"))
        .isEqualTo("other.example.org");
  }

  @Test
  void changesHandles() {
    assertThat(update("renamed.pds.test")).isEqualTo("ok");
    assertThat(resolve("renamed.pds.test").text("did")).isEqualTo(did.text());
    assertThat(resolve("alice.pds.test").error()).isEqualTo("400 HandleNotFound");

    server.signUp("bob");
    assertThat(update("bob.pds.test")).isEqualTo("400 InvalidRequest");
    assertThat(update("x.pds.test")).isEqualTo("400 InvalidHandle");
    assertThat(update("admin.pds.test")).isEqualTo("400 HandleNotAvailable");
    assertThat(update("alice.example.org")).isEqualTo("400 InvalidRequest");
    server.pds.dns.put("_atproto.alice.example.org", List.of("did=" + did));
    assertThat(update("alice.example.org")).isEqualTo("ok");
    assertThat(server.pds.accounts.find(did).orElseThrow().handle().text())
        .isEqualTo("alice.example.org");
  }

  private String update(String handle) {
    return server
        .post(IDENTITY + "updateHandle", "{\"handle\":\"%s\"}".formatted(handle), token)
        .error();
  }

  @Test
  void submitsOperationsThatTheAccountSurvives() throws Exception {
    PlcOperation last = server.pds.identities.current(did);
    PlcData state = last.state().orElseThrow();
    var own = PrivateKey.generate(Curve.P256, server.pds.random).publicKey();
    var ours = server.pds.identities.rotationKey();

    assertThat(submit(last, state.withRotationKeys(List.of(own)))).isEqualTo("400 InvalidRequest");
    assertThat(submit(last, state.withSigningKey(own))).isEqualTo("400 InvalidRequest");
    assertThat(submit(last, state.withPds(URI.create("https://x.test"))))
        .isEqualTo("400 InvalidRequest");
    assertThat(submit(last, state.withHandle(Handle.parse("x.pds.test"))))
        .isEqualTo("400 InvalidRequest");
    assertThat(
            submit(
                last,
                new PlcData(
                    state.rotationKeys(),
                    state.verificationMethods(),
                    state.alsoKnownAs(),
                    Map.of())))
        .isEqualTo("400 InvalidRequest");
    assertThat(server.post(IDENTITY + "submitPlcOperation", "{\"operation\":{}}", token).error())
        .isEqualTo("400 InvalidRequest");
    assertThat(server.pds.directory.log(did)).hasSize(1);

    assertThat(submit(last, state.withRotationKeys(List.of(own, ours)))).isEqualTo("ok");

    assertThat(server.pds.directory.log(did)).hasSize(2);
    assertThat(server.pds.events(did)).last().isEqualTo("#identity");
    assertThat(submit(last, state)).isEqualTo("400 InvalidRequest");
  }

  private String submit(PlcOperation last, PlcData state) {
    PlcOperation operation = server.pds.identities.sign(last, state);
    String body = "{\"operation\":" + DataJson.toText(operation.toValue()) + "}";
    return server.post(IDENTITY + "submitPlcOperation", body, token).error();
  }
}
