package dev.virga.aws.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.aws.Connection;
import dev.virga.aws.Retries;
import dev.virga.aws.SignatureV4;
import dev.virga.pds.jetstream.Posting.Outcome;
import dev.virga.pds.jetstream.WebSocketApi;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.StoreException;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.sync.Sequencer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

@Timeout(60)
class GatewayPostingTest {
  private static final String ID = "L0SM9cOFvHcCIhw=";
  private static final byte[] TEXT = "{\"kind\":\"…\"}".getBytes(StandardCharsets.UTF_8);

  private ManagementApi api;
  private Connection connection;
  private GatewayPosting posting;

  @BeforeEach
  void start() throws IOException {
    api = new ManagementApi();
    connection =
        new Connection(
            Region.EU_WEST_1,
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKID", "secret")),
            api.url(),
            List.of());
    posting = new GatewayPosting(connection, URI.create(api.url() + "/live/"));
  }

  @AfterEach
  void stop() {
    connection.close();
    api.close();
  }

  @Test
  void aMessageIsPostedAndSigned() {
    assertThat(posting.post(ID, TEXT)).isEqualTo(Outcome.DELIVERED);
    ManagementApi.Call call = api.calls.getFirst();
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.path()).isEqualTo("/live/@connections/L0SM9cOFvHcCIhw%3D");
    assertThat(call.body()).isEqualTo("{\"kind\":\"…\"}");
    SignatureV4.verify(call.request(), "AKID", "secret", "eu-west-1/execute-api");
  }

  @ParameterizedTest
  @CsvSource({"410,GONE", "413,TOO_LARGE", "429,LATER", "500,LATER", "503,LATER"})
  void refusalsAreToldApart(int status, Outcome outcome) {
    api.next(status);
    assertThat(posting.post(ID, TEXT)).isEqualTo(outcome);
    assertThat(posting.post(ID, TEXT)).isEqualTo(Outcome.DELIVERED);
  }

  @ParameterizedTest
  @CsvSource({"403", "404", "400"})
  void whatWillNeverWorkIsAnError(int status) {
    api.next(status);
    assertThatThrownBy(() -> posting.post(ID, TEXT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(Integer.toString(status));
  }

  @Test
  void noAnswerMeansLater() {
    api.next(ManagementApi.SILENCE);
    assertThat(posting.post(ID, TEXT)).isEqualTo(Outcome.LATER);
    assertThat(posting.post(ID, TEXT)).isEqualTo(Outcome.DELIVERED);
    api.close();
    assertThat(posting.post(ID, TEXT)).isEqualTo(Outcome.LATER);
  }

  @Test
  void endingAConnectionNeverFails() {
    posting.disconnect(ID);
    api.next(410, 500);
    posting.disconnect(ID);
    posting.disconnect(ID);
    assertThat(api.calls)
        .hasSize(3)
        .allSatisfy(
            call -> {
              assertThat(call.method()).isEqualTo("DELETE");
              SignatureV4.verify(call.request(), "AKID", "secret", "eu-west-1/execute-api");
            });
    api.close();
    posting.disconnect(ID);
  }

  @Test
  void aFunctionIsCalledWithoutWaitingForIt() {
    FunctionWake wake = wake();
    api.next(202);
    wake.wake();
    ManagementApi.Call call = api.calls.getFirst();
    assertThat(call.path())
        .isEqualTo(
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Af%3Alive/invocations");
    assertThat(call.type()).isEqualTo("Event");
    assertThat(call.body()).isEqualTo(FunctionWake.EVENT);
    SignatureV4.verify(call.request(), "AKID", "secret", "eu-west-1/lambda");
  }

  @Test
  void aCallThatIsThrottledIsRepeatedAndOneThatIsForbiddenIsNot() {
    api.next(429, 500, 202);
    wake().wake();
    assertThat(api.calls).hasSize(3);
    api.next(403);
    assertThatThrownBy(() -> wake().wake()).isInstanceOf(StoreException.class);
    assertThat(api.calls).hasSize(4);
  }

  private FunctionWake wake() {
    return new FunctionWake(
        connection,
        "arn:aws:lambda:eu-west-1:1:function:f:live",
        new Retries(new Random(1), pause -> {}, System::nanoTime));
  }

  /** The whole way: connections, fan-out, signed HTTP, with every kind of fault on it. */
  @Test
  void eventsReachConnectionsInOrderThroughFaults() throws Exception {
    MemoryIndex index = new MemoryIndex();
    EventLog log = new EventLog(index, InstantSource.system(), Duration.ofDays(3));
    Sequencer sequencer = new Sequencer(index, log, InstantSource.system(), last -> {});
    WebSocketApi webSockets =
        new WebSocketApi(
            index,
            new MemoryObjects(),
            log,
            posting,
            () -> {},
            InstantSource.system(),
            new Random(1),
            pause -> Thread.onSpinWait());
    webSockets.connect(ID, Map.of(), Optional.empty());
    webSockets.goOn(Duration.ofSeconds(10));
    Did did = Did.parse("did:web:alice.example.com");
    for (int i = 0; i < 10; i++) {
      index.transact(
          List.of(
              Outbox.put(
                  did,
                  Tid.of(1_000 + i, 1),
                  Outbox.Content.of(List.of(AccountEvent.active(did))))));
    }
    index.pump(sequencer);
    api.next(200, 429, 200, 500, 200, 410, 200, 503, 429, 200);
    webSockets.afterBatch(Duration.ofSeconds(30));
    List<String> delivered = api.calls.stream().map(ManagementApi.Call::body).distinct().toList();
    assertThat(delivered).hasSize(10).isSorted();
  }
}
