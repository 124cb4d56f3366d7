package dev.virga.host.plc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.PlcData;
import dev.virga.atproto.identity.PlcLog;
import dev.virga.atproto.identity.PlcOperation;
import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.site.Route;
import dev.virga.functions.site.Site;
import dev.virga.functions.xrpc.RateLimiter;
import dev.virga.functions.xrpc.XrpcDispatcher;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.store.Concurrently;
import dev.virga.pds.store.MemoryIndex;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlcPagesTest {
  private static final PrivateKey HIGH = key(1);
  private static final PrivateKey LOW = key(2);
  private static final PrivateKey SIGNING = key(3);

  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final PlcLedger ledger = new PlcLedger(new MemoryIndex(), () -> now);
  private final Site site = site(new PlcPages(ledger).routes());

  private final PlcData data =
      PlcData.ofAccount(
          Handle.parse("alice.test"),
          SIGNING.publicKey(),
          URI.create("http://localhost:2583"),
          List.of(HIGH.publicKey(), LOW.publicKey()));
  private final PlcOperation genesis = PlcOperation.genesis(data, LOW);
  private final Did did = genesis.did();

  private static PrivateKey key(int seed) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) seed;
    return PrivateKey.fromBytes(Curve.K256, bytes);
  }

  private static Site site(List<Route> routes) {
    return new Site(
        new XrpcDispatcher(
            List.of(),
            Lexicons.bundled(),
            (access, method, request) -> Credentials.ANONYMOUS,
            RateLimiter.NONE,
            (method, request) -> HttpResponse.empty()),
        routes);
  }

  @Test
  void aGenesisRegistersItsDid() {
    assertThat(post(genesis).status()).isEqualTo(200);
    HttpResponse document = get("");
    assertThat(document.contentType()).startsWith("application/did+ld+json");
    assertThat(text(document))
        .contains("\"id\":\"" + did + "\"", "at://alice.test", "http://localhost:2583");
    assertThat(text(get("/data"))).contains("rotationKeys", SIGNING.publicKey().didKey());
    assertThat(text(get("/log/last"))).isEqualTo(DataJson.toText(genesis.toValue()));
    assertThat(text(get("/log"))).isEqualTo("[" + DataJson.toText(genesis.toValue()) + "]");
    assertThat(text(get("/log/audit")))
        .contains("\"nullified\":false", "\"createdAt\":\"2026-01-01T00:00:00.000Z\"");
  }

  @Test
  void anUpdateFollowsWhatWasThere() {
    post(genesis);
    assertThat(post(renamed(genesis.cid(), "bob.test", LOW)).status()).isEqualTo(200);
    assertThat(text(get(""))).contains("at://bob.test").doesNotContain("alice");
    assertThat(ledger.read(did).entries()).hasSize(2);
  }

  @Test
  void theAuditLogCanBeVerified() {
    post(genesis);
    PlcOperation hijack = renamed(genesis.cid(), "mallory.test", LOW);
    post(hijack);
    now = now.plus(Duration.ofHours(71));
    assertThat(post(renamed(genesis.cid(), "alice2.test", HIGH)).status()).isEqualTo(200);
    Value.Array audit = (Value.Array) DataJson.parse(text(get("/log/audit")).getBytes(UTF_8));
    PlcLog verified = PlcLog.parseAudit(did, audit);
    assertThat(verified.entries()).hasSize(3);
    assertThat(verified.inForce()).hasSize(2);
    assertThat(text(get("/log/audit"))).contains("\"nullified\":true");
    assertThat(text(get("/log"))).doesNotContain("mallory");
    assertThat(text(get(""))).contains("at://alice2.test");
  }

  @Test
  void aRecoveryAfterThreeDaysIsRefused() {
    post(genesis);
    post(renamed(genesis.cid(), "mallory.test", LOW));
    now = now.plus(Duration.ofHours(73));
    refused(post(renamed(genesis.cid(), "alice2.test", HIGH)));
    assertThat(text(get(""))).contains("at://mallory.test");
  }

  @Test
  void aTombstoneEndsTheDid() {
    post(genesis);
    assertThat(post(PlcOperation.tombstone(genesis.cid(), HIGH)).status()).isEqualTo(200);
    assertThat(get("").status()).isEqualTo(410);
    assertThat(get("/data").status()).isEqualTo(410);
    assertThat(text(get("/log/last"))).contains("plc_tombstone");
    assertThat(get("/log/audit").status()).isEqualTo(200);
  }

  @Test
  void aStrangersSignatureIsRefused() {
    post(genesis);
    refused(post(renamed(genesis.cid(), "bob.test", SIGNING)));
    refused(post(PlcOperation.tombstone(genesis.cid(), SIGNING)));
  }

  @Test
  void aGenesisOfAnotherDidIsRefused() {
    Did other = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
    refused(post(other, DataJson.toText(genesis.toValue())));
  }

  @Test
  void aRepeatedGenesisIsRefused() {
    post(genesis);
    refused(post(genesis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "{}", "{\"type\":\"plc_operation\"}", "null", "{\"type\":1}"})
  void whatIsNoOperationIsRefused(String json) {
    refused(post(did, json));
    assertThat(get("").status()).isEqualTo(404);
  }

  @Test
  void aHugeBodyIsRefused() {
    assertThat(post(did, "{\"x\":\"" + "y".repeat(40_000) + "\"}").status()).isEqualTo(413);
  }

  @Test
  void anUnknownDidIsNotFound() {
    for (String view : List.of("", "/data", "/log", "/log/audit", "/log/last")) {
      assertThat(get(view).status()).isEqualTo(404);
      assertThat(text(get(view))).contains("DID not registered");
    }
  }

  @Test
  void anUnknownViewIsNotFound() {
    post(genesis);
    assertThat(get("/nothing").status()).isEqualTo(404);
  }

  @Test
  void operationsAtTheSameTimeDoNotOverwriteEachOther() throws Exception {
    post(genesis);
    AtomicInteger accepted = new AtomicInteger();
    Concurrently.run(
        4,
        thread -> {
          PlcOperation mine = renamed(genesis.cid(), "thread" + thread + ".test", LOW);
          if (post(mine).status() == 200) {
            accepted.incrementAndGet();
          }
        });
    assertThat(accepted).hasValue(1);
    assertThat(ledger.read(did).entries()).hasSize(2);
  }

  private PlcOperation renamed(Cid previous, String handle, PrivateKey key) {
    return PlcOperation.update(previous, data.withHandle(Handle.parse(handle)), key);
  }

  private HttpResponse post(PlcOperation operation) {
    return post(did, DataJson.toText(operation.toValue()));
  }

  private HttpResponse post(Did to, String json) {
    return answer("POST", "/" + to, json);
  }

  private HttpResponse get(String view) {
    return answer("GET", "/" + did + view, "");
  }

  private HttpResponse answer(String method, String path, String body) {
    return site.answer(
        new HttpRequest(
            method, path, "", Map.of(), new ByteArrayInputStream(body.getBytes(UTF_8)), "::1"));
  }

  private static void refused(HttpResponse response) {
    assertThat(text(response)).contains("\"message\":\"");
    assertThat(response.status()).isEqualTo(400);
  }

  private static String text(HttpResponse response) {
    return new String(((HttpResponse.Body.Bytes) response.body()).content(), UTF_8);
  }
}
