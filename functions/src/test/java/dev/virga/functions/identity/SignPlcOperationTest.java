package dev.virga.functions.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.identity.PlcService;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.account.AccountStatus;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.MailTokens.Purpose;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignPlcOperationTest {
  private static final String SIGN = "com.atproto.identity.signPlcOperation";

  private final AccountServer server = new AccountServer();
  private final Answer alice = server.signUp("alice");
  private final Did did = Did.parse(alice.text("did"));
  private final String token = AccountServer.bearer(alice.text("accessJwt"));

  private String mailed() {
    return server.pds.mailTokens.create(server.pds.read("alice"), Purpose.PLC_OPERATION);
  }

  private Answer sign(String mailed, String fields, @Nullable String authorization) {
    return server.post(SIGN, "{\"token\":\"%s\"%s}".formatted(mailed, fields), authorization);
  }

  private static PlcOperation operation(Answer answer) {
    return PlcOperation.parse(answer.json().obj("operation").orElseThrow());
  }

  @Test
  void whatIsNotGivenStaysAsItIs() throws Exception {
    PlcOperation last = server.pds.identities.current(did);
    PlcData state = last.state().orElseThrow();

    PlcOperation same = operation(sign(mailed(), "", token));

    assertThat(same.state()).contains(state);
    assertThat(same.prev()).contains(last.cid());
    assertThat(same.signer(List.of(server.pds.identities.rotationKey().didKey()))).hasValue(0);
    assertThat(server.pds.directory.log(did)).hasSize(1);
  }

  @Test
  void fieldsThatAreGivenReplaceTheOldAndTheDirectoryTakesIt() throws Exception {
    String own = PrivateKey.generate(Curve.P256, server.pds.random).publicKey().didKey();
    String ours = server.pds.identities.rotationKey().didKey();
    String fields =
        """
        ,"rotationKeys":["%s","%s"],"alsoKnownAs":["at://alice.new.test"],
        "verificationMethods":{"atproto":"%s"},
        "services":{"atproto_pds":{"type":"AtprotoPersonalDataServer","endpoint":"https://new.test"}}\
        """
            .formatted(own, ours, own);

    PlcOperation signed = operation(sign(mailed(), fields, token));
    server.pds.identities.submit(did, signed);

    PlcData state = server.pds.identities.current(did).state().orElseThrow();
    assertThat(state.rotationKeys()).containsExactly(own, ours);
    assertThat(state.alsoKnownAs()).containsExactly("at://alice.new.test");
    assertThat(state.verificationMethods()).containsEntry("atproto", own);
    assertThat(state.services())
        .containsEntry(
            "atproto_pds", new PlcService("AtprotoPersonalDataServer", "https://new.test"));
  }

  @Test
  void aTokenIsNeededAndGoodOnce() {
    String mailed = mailed();

    assertThat(server.post(SIGN, "{}", token).error()).isEqualTo("400 InvalidRequest");
    assertThat(sign("AAAAA-AAAAA", "", token).error()).isEqualTo("400 InvalidToken");
    assertThat(sign(mailed, "", token).error()).isEqualTo("ok");
    assertThat(sign(mailed, "", token).error()).isEqualTo("400 InvalidToken");
    String late = mailed();
    server.pds.clock.advance(MailTokens.LIFE);
    assertThat(sign(late, "", token).error()).isEqualTo("400 ExpiredToken");
    String other = server.pds.mailTokens.create(server.pds.read("alice"), Purpose.DELETE_ACCOUNT);
    assertThat(sign(other, "", token).error()).isEqualTo("400 InvalidToken");
  }

  @Test
  void whatTheDirectoryWouldRefuseIsRefusedAndCostsNoToken() {
    String mailed = mailed();

    for (String fields :
        List.of(
            ",\"rotationKeys\":[]",
            ",\"rotationKeys\":[\"did:key:zabc\"]",
            ",\"alsoKnownAs\":[\"at://a.test\",\"at://a.test\"]",
            ",\"verificationMethods\":{\"atproto\":7}",
            ",\"verificationMethods\":{\"atproto\":\"nonsense\"}",
            ",\"services\":{\"atproto_pds\":\"https://x.test\"}",
            ",\"services\":{\"atproto_pds\":{\"type\":\"x\"}}",
            ",\"services\":{\"x\":{\"type\":\"x\",\"endpoint\":\"" + "y".repeat(600) + "\"}}")) {
      assertThat(sign(mailed, fields, token).error()).as(fields).isEqualTo("400 InvalidRequest");
    }
    assertThat(sign(mailed, "", token).error()).isEqualTo("ok");
  }

  @Test
  void aDidThatIsOutOfUseIsNotChanged() throws Exception {
    String mailed = mailed();
    server.pds.identities.retire(did);

    assertThat(sign(mailed, "", token).error()).isEqualTo("400 InvalidRequest");
  }

  @Test
  void onlyTheOwnerAsksEvenOneTakenDown() {
    String secret = server.pds.appPasswords.create(did, "app", true).secret();
    String app =
        AccountServer.bearer(
            server.pds.signIn.signIn(did.text(), secret, false).tokens().accessJwt());
    String mailed = mailed();
    assertThat(sign(mailed, "", null).error()).isEqualTo("401 AuthMissing");
    assertThat(sign(mailed, "", app).error()).isEqualTo("400 InvalidToken");
    assertThat(sign(mailed, "", AccountServer.bearer(alice.text("refreshJwt"))).error())
        .isEqualTo("400 InvalidToken");
    assertThat(sign(mailed, "", AccountServer.admin("adminpw")).error())
        .isEqualTo("400 InvalidToken");

    server.pds.changes.changeStatus(did, s -> new AccountStatus.Takendown("r", s.own()));
    String leaving =
        server.pds.signIn.signIn(did.text(), AccountFixture.PASSWORD, true).tokens().accessJwt();

    assertThat(sign(mailed, "", AccountServer.bearer(leaving)).error()).isEqualTo("ok");
  }

  private String request(@Nullable String authorization) {
    return server
        .post("com.atproto.identity.requestPlcOperationSignature", null, authorization)
        .error();
  }

  @Test
  void theTokenComesByMail() {
    assertThat(request(token)).isEqualTo("ok");

    String mailed = server.mailed("alice@example.org");
    assertThat(sign(mailed, "", token).error()).isEqualTo("ok");
  }

  @Test
  void onlyTheOwnerGetsAMailEvenOneTakenDown() {
    String secret = server.pds.appPasswords.create(did, "app", true).secret();
    String app =
        AccountServer.bearer(
            server.pds.signIn.signIn(did.text(), secret, false).tokens().accessJwt());
    assertThat(request(null)).isEqualTo("401 AuthMissing");
    assertThat(request(app)).isEqualTo("400 InvalidToken");
    assertThat(request(AccountServer.bearer(alice.text("refreshJwt"))))
        .isEqualTo("400 InvalidToken");
    assertThat(request(AccountServer.admin("adminpw"))).isEqualTo("400 InvalidToken");
    assertThat(server.mails).isEmpty();

    server.pds.changes.changeStatus(did, s -> new AccountStatus.Takendown("r", s.own()));
    String leaving =
        server.pds.signIn.signIn(did.text(), AccountFixture.PASSWORD, true).tokens().accessJwt();
    assertThat(request(AccountServer.bearer(leaving))).isEqualTo("ok");
    assertThat(server.mails).hasSize(1);
  }

  @Test
  void theOwnersRecoveryKeyIsRecommended() {
    String own = PrivateKey.generate(Curve.P256, server.pds.random).publicKey().didKey();
    Answer bob =
        server.post(
            "com.atproto.server.createAccount",
            """
            {"handle":"bob.pds.test","email":"bob@example.org","password":"12345678",
            "recoveryKey":"%s"}\
            """
                .formatted(own),
            null);

    assertThat(recommendedKeys(bob.text("accessJwt")))
        .containsExactly(Value.of(own), Value.of(server.pds.identities.rotationKey().didKey()));
    assertThat(recommendedKeys(alice.text("accessJwt")))
        .containsExactly(Value.of(server.pds.identities.rotationKey().didKey()));
  }

  private List<Value> recommendedKeys(String jwt) {
    return server
        .get("com.atproto.identity.getRecommendedDidCredentials", "", AccountServer.bearer(jwt))
        .json()
        .array("rotationKeys")
        .orElseThrow();
  }

  @Test
  void aDidThatIsOutOfUseIsToldFromOneThatNeverWas() throws Exception {
    server.pds.identities.retire(did);
    String body = "{\"identifier\":\"%s\"}".formatted(did);

    assertThat(server.post("com.atproto.identity.refreshIdentity", body, token).error())
        .isEqualTo("400 DidDeactivated");
    assertThat(server.get("com.atproto.identity.resolveDid", "did=" + did, null).error())
        .isEqualTo("400 DidDeactivated");
    assertThat(
            server.get("com.atproto.identity.resolveIdentity", "identifier=" + did, null).error())
        .isEqualTo("400 DidDeactivated");
    assertThat(server.get("com.atproto.identity.resolveDid", "did=did:plc:nobody", null).error())
        .isEqualTo("400 DidNotFound");
  }
}
