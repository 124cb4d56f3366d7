package dev.virga.functions.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.AccountServer;
import dev.virga.functions.AccountServer.Answer;
import dev.virga.functions.admin.AdminServer;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.OneShotServer;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.moderation.Reports;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CreateReportTest {
  private static final String METHOD = "com.atproto.moderation.createReport";
  private static final String REPORT =
      """
      {"reasonType":"com.atproto.moderation.defs#reasonSpam","subject":\
      {"$type":"com.atproto.admin.defs#repoRef","did":"did:web:spammer.test"}}\
      """;
  private static final String RECEIPT =
      """
      {"id":7,"reasonType":"com.atproto.moderation.defs#reasonSpam","subject":\
      {"$type":"com.atproto.admin.defs#repoRef","did":"did:web:spammer.test"},\
      "reportedBy":"did:web:somebody.test","createdAt":"2026-03-01T12:00:00.000Z"}\
      """;

  private final AccountFixture pds = new AccountFixture();
  private final Did alice = pds.account("alice").did();

  private AccountServer server(Reports.@Nullable Service service) {
    VettedFetcher fetcher =
        new VettedFetcher(
            AddressLookup.system(),
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            VettedFetcher.Policy.LAPTOP,
            "test");
    ServiceTokens tokens =
        new ServiceTokens(pds.clock, pds.random, AccountFixture.SERVICE, pds.dids::key);
    Reports reports = new Reports(service, pds.dids, fetcher, tokens, pds.keys, pds.clock);
    return new AccountServer(pds, List.of(new CreateReport(pds.accounts, reports)));
  }

  private String session(SessionScope scope) {
    return AccountServer.bearer(pds.sessions.unrecorded(alice, scope).accessJwt());
  }

  @Test
  void aReportIsPassedOnForWhoeverHasAnAccount() throws IOException {
    try (OneShotServer theirs = new OneShotServer(request -> OneShotServer.ok(RECEIPT))) {
      AccountServer server = server(new Reports.Service(theirs.uri(""), AccountServer.MODERATION));

      for (SessionScope scope :
          EnumSet.of(
              SessionScope.ACCESS,
              SessionScope.APP_PASSWORD,
              SessionScope.APP_PASSWORD_PRIVILEGED,
              SessionScope.TAKENDOWN)) {
        Answer answer = server.post(METHOD, REPORT, session(scope));
        assertThat(answer.json().integer("id")).hasValue(7);
      }
      assertThat(theirs.requests()).hasSize(4).allMatch(sent -> sent.contains("reasonSpam"));
    }
  }

  @Test
  void whatTheServiceSaysIsPassedBack() throws IOException {
    String refusal = OneShotServer.answer(400, "{\"error\":\"Duplicate\",\"message\":\"twice\"}");
    try (OneShotServer theirs = new OneShotServer(request -> refusal)) {
      AccountServer server = server(new Reports.Service(theirs.uri(""), AccountServer.MODERATION));

      Answer answer = server.post(METHOD, REPORT, session(SessionScope.ACCESS));

      assertThat(answer.error()).isEqualTo("400 Duplicate");
      assertThat(answer.text("message")).isEqualTo("twice");
    }
  }

  @Test
  void withoutAServiceNothingCanBeReported() {
    assertThat(server(null).post(METHOD, REPORT, session(SessionScope.ACCESS)).error())
        .isEqualTo("400 InvalidRequest");
  }

  @Test
  void othersAreRefused() {
    AccountServer server = server(null);
    String refresh = pds.sessions.unrecorded(alice, SessionScope.ACCESS).refreshJwt();
    String gone =
        pds.sessions.unrecorded(Did.parse("did:web:gone.test"), SessionScope.ACCESS).accessJwt();

    assertThat(server.post(METHOD, REPORT, null).error()).isEqualTo("401 AuthMissing");
    assertThat(server.post(METHOD, REPORT, AdminServer.ADMIN).error())
        .isEqualTo("400 InvalidToken");
    assertThat(server.post(METHOD, REPORT, session(SessionScope.SIGNUP_QUEUED)).error())
        .isEqualTo("400 InvalidToken");
    assertThat(server.post(METHOD, REPORT, AccountServer.bearer(refresh)).error())
        .isEqualTo("400 InvalidToken");
    assertThat(server.post(METHOD, REPORT, AccountServer.bearer(gone)).error())
        .isEqualTo("403 AccountNotFound");
    assertThat(server.post(METHOD, "{}", session(SessionScope.ACCESS)).error())
        .isEqualTo("400 InvalidRequest");
  }
}
