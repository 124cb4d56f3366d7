package dev.virga.functions.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer;
import dev.virga.pds.auth.SessionScope;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may not use the methods of this package. */
class AdminAccessTest {
  private static final String OTHER_METHOD = "com.atproto.admin.somethingElse";

  private final AdminServer server = new AdminServer();
  private final Did alice = server.pds.account("alice").did();

  private String error(String method, @Nullable String authorization) {
    String nsid = "com.atproto.admin." + method;
    boolean query = method.startsWith("get") || method.startsWith("search");
    String anything = "did=" + alice + "&dids=" + alice;
    return query
        ? server.server.get(nsid, anything, authorization).error()
        : server.server.post(nsid, "{}", authorization).error();
  }

  private void assertStrangersRefused(String method) {
    assertThat(error(method, null)).isEqualTo("401 AuthMissing");
    assertThat(error(method, AccountServer.admin("wrong"))).isEqualTo("401 AuthenticationRequired");
    assertThat(error(method, "Basic !")).isEqualTo("401 AuthenticationRequired");
    for (SessionScope scope : SessionScope.values()) {
      if (scope != SessionScope.REFRESH) {
        assertThat(error(method, server.session(alice, scope))).as("%s", scope).startsWith("401 ");
      }
    }
    String refresh = server.pds.sessions.unrecorded(alice, SessionScope.ACCESS).refreshJwt();
    assertThat(error(method, AccountServer.bearer(refresh))).startsWith("401 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "getAccountInfo",
        "getAccountInfos",
        "searchAccounts",
        "getSubjectStatus",
        "updateSubjectStatus",
        "getInviteCodes",
        "disableInviteCodes",
        "enableAccountInvites",
        "disableAccountInvites",
        "sendEmail"
      })
  void theOperatorAndTheModerationServiceAreLetInAndNobodyElse(String method) {
    PrivateKey key = PrivateKey.generate(Curve.K256, server.pds.random);
    Did stranger = Did.parse("did:web:other.test");
    server.know(stranger, key);
    String nsid = "com.atproto.admin." + method;

    assertStrangersRefused(method);
    assertThat(error(method, server.service(stranger, key, nsid))).isEqualTo("401 UntrustedIss");
    assertThat(error(method, server.service(AccountServer.MODERATION, key, nsid)))
        .isEqualTo("401 BadJwtIss");
    assertThat(error(method, server.moderator(OTHER_METHOD))).isEqualTo("401 BadJwtLexiconMethod");
    // Beyond the door, an empty body is the only thing wrong.
    for (String good : List.of(AdminServer.ADMIN, server.moderator(nsid))) {
      assertThat(error(method, good)).isIn("ok", "400 InvalidRequest");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "updateAccountHandle",
        "updateAccountEmail",
        "updateAccountPassword",
        "deleteAccount"
      })
  void theOperatorAloneIsLetIn(String method) {
    assertStrangersRefused(method);
    assertThat(error(method, server.moderator("com.atproto.admin." + method)))
        .isEqualTo("401 AuthenticationRequired");
    assertThat(error(method, AdminServer.ADMIN)).isEqualTo("400 InvalidRequest");
  }
}
