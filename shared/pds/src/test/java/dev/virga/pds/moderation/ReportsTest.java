package dev.virga.pds.moderation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountFixture;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.OneShotServer;
import dev.virga.pds.identity.VettedFetcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final Did MODERATION = Did.parse("did:web:mod.test");
  private static final Nsid METHOD = Nsid.parse("com.atproto.moderation.createReport");

  private final AccountFixture pds = new AccountFixture();
  private final Did alice = pds.account("alice").did();
  private final Value.Obj report = Value.Obj.builder().put("reasonType", "spam").build();
  private String answer = OneShotServer.ok("{\"id\":7}");
  @Nullable private OneShotServer service;

  @BeforeEach
  void listen() throws IOException {
    service = new OneShotServer(request -> answer);
  }

  @AfterEach
  void close() throws IOException {
    service().close();
  }

  private OneShotServer service() {
    return java.util.Objects.requireNonNull(service);
  }

  private Reports reports(boolean configured) {
    VettedFetcher fetcher =
        new VettedFetcher(
            AddressLookup.system(),
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            VettedFetcher.Policy.LAPTOP,
            "test");
    return new Reports(
        configured ? new Reports.Service(service().uri("/"), MODERATION) : null,
        pds.dids,
        fetcher,
        new ServiceTokens(pds.clock, pds.random, AccountFixture.SERVICE, pds.dids::key),
        pds.keys,
        pds.clock);
  }

  private Value.Obj send() {
    return reports(true).send(alice, report, Optional.empty());
  }

  private void assertRefused(int status, String error, String raw) {
    answer = raw;
    assertThatThrownBy(this::send)
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(status);
              assertThat(e.error()).isEqualTo(error);
            });
  }

  private void assertNoService(Optional<String> wanted) {
    assertThatThrownBy(() -> reports(false).send(alice, report, wanted))
        .isInstanceOfSatisfying(
            XrpcException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.error()).isEqualTo("InvalidRequest");
            });
  }

  @Test
  void theReportArrivesSignedByItsAuthor() {
    assertThat(send().integer("id")).hasValue(7);

    String request = service().requests().getFirst();
    assertThat(request)
        .startsWith("POST /xrpc/com.atproto.moderation.createReport HTTP/1.1\n")
        .endsWith(new String(DataJson.toJson(report), StandardCharsets.UTF_8));
    String token = request.replaceAll("(?s).*Authorization: Bearer (\\S+)\n.*", "$1");
    ServiceTokens theirs = new ServiceTokens(pds.clock, pds.random, MODERATION, pds.dids::key);
    assertThat(theirs.verify(token, METHOD)).isEqualTo(new Credentials.Service(alice, null));
  }

  @Test
  void whatTheServiceRefusesIsPassedOn() {
    assertRefused(400, "InvalidReason", OneShotServer.answer(400, "{\"error\":\"InvalidReason\"}"));
    assertRefused(
        429,
        "RateLimitExceeded",
        OneShotServer.answer(429, "{\"error\":\"RateLimitExceeded\",\"message\":\"slow\"}"));
    assertRefused(403, "InvalidRequest", OneShotServer.answer(403, "<html>"));
    assertRefused(
        400, "InvalidRequest", OneShotServer.answer(400, "{\"error\":\"not a name\\n\"}"));
    assertRefused(503, "UpstreamFailure", OneShotServer.answer(503, "{}"));
  }

  @Test
  void aServiceThatFailsIsAnUpstreamFailure() throws IOException {
    assertRefused(502, "UpstreamFailure", OneShotServer.answer(500, "{\"error\":\"Oops\"}"));
    assertRefused(502, "UpstreamFailure", OneShotServer.answer(302, ""));
    assertRefused(502, "UpstreamFailure", OneShotServer.ok("[]"));
    assertRefused(502, "UpstreamFailure", OneShotServer.ok("no json"));
    assertRefused(502, "UpstreamFailure", "no http");
    service().close();
    assertRefused(502, "UpstreamFailure", "");
  }

  @Test
  void withoutAServiceThereIsNobodyToTell() {
    assertNoService(Optional.empty());
  }

  @Test
  void theClientMayNameAService() {
    // Alice's own DID document has the service #atproto_pds, which the laptop's policy lets us ask.
    assertNoService(Optional.of("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa#atproto_labeler"));
    assertNoService(Optional.of(alice + "#atproto_labeler"));
    assertNoService(Optional.of(alice.text()));
    assertNoService(Optional.of("alice.pds.test#atproto_labeler"));
    assertNoService(Optional.of(alice + "#a#b"));
    assertNoService(Optional.of(alice + "#"));
    assertThatThrownBy(
            () -> reports(false).send(alice, report, Optional.of(alice + "#atproto_pds")))
        .isInstanceOfSatisfying(
            XrpcException.class, e -> assertThat(e.error()).isEqualTo("UpstreamFailure"));
  }
}
