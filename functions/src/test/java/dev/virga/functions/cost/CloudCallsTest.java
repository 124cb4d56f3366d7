package dev.virga.functions.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.aws.CallCounter;
import dev.virga.functions.PdsServer;
import dev.virga.functions.SiteClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many cloud calls each operation makes at most, counted on the real clients for whole requests
 * through the site: authentication and rate limits included. The repository has {@value #RECORDS}
 * records.
 *
 * <p>Rate limits are counted in memory and shared now and then, by a small write in the background;
 * that is the {@code PutItem} of the averages.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CloudCallsTest {
  private static final int RECORDS = 1_000;
  private static final int TIMES = 100;
  private static final int BATCH = 10;
  private static final byte[] BLOB = new byte[100_000];

  private final Facts facts = new Facts();
  private CloudPds pds;
  private CloudPds.Server process;
  private SiteClient client;
  private PdsServer.User alice;
  private Workload load;

  @BeforeAll
  void start(@TempDir Path scratch) {
    pds = new CloudPds(scratch);
    process = pds.start();
    client = process.client;
    alice = client.signUp("alice");
    load = new Workload(pds, alice);
    load.fill(client, RECORDS);
    process.sequence(BATCH);
    load.post(client);
    load.like(client);
    process.sequence(BATCH);
    process.subscribe("somebody");
    load.post(client);
    process.sequence(1);
  }

  @AfterAll
  void stop() {
    pds.close();
  }

  private CallCounter counted(int times, IntConsumer operation) {
    pds.counter.reset();
    pds.posts.set(0);
    for (int i = 0; i < times; i++) {
      operation.accept(i);
    }
    return pds.counter;
  }

  private CallCounter counted(Runnable operation) {
    return counted(1, i -> operation.run());
  }

  private CallCounter note(String name, int times, IntConsumer operation) {
    CallCounter counter = counted(times, operation);
    facts.add(name, times, counter, pds.posts.get());
    return counter;
  }

  private static Map<String, Integer> besidePuts(CallCounter counter) {
    Map<String, Integer> calls = counter.calls();
    // Rate limits now and then, and tree nodes that settle, each on its own condition.
    assertThat(calls.getOrDefault("PutItem", 0)).isLessThanOrEqualTo(TIMES / 2);
    calls.remove("PutItem");
    return calls;
  }

  @Test
  @Order(1)
  void aWarmCreateRecordReadsNothing() {
    long before = pds.storedBytes(alice.did());
    CallCounter counter = note("createRecord", TIMES, i -> load.post(client));
    assertThat(besidePuts(counter))
        .isEqualTo(
            Map.of("PutObject", TIMES, "BatchWriteItem", TIMES, "TransactWriteItems", TIMES));
    assertThat(counter.units("TransactWriteItems")).isEqualTo(6.0 * TIMES);
    assertThat(counter.units("BatchWriteItem")).isEqualTo(1.0 * TIMES);
    assertThat(counter.units("PutItem")).isLessThan(0.6 * TIMES);
    facts.addBytes("stored in S3", counter.costs().get("PutObject").bytes() / (double) TIMES);
    facts.addBytes("stored in DynamoDB", (pds.storedBytes(alice.did()) - before) / (double) TIMES);
  }

  @Test
  @Order(2)
  void anEventIsOneTransactionAndAMessageForEachSubscriber() {
    CallCounter counter = note("event", TIMES, i -> i(i == 0 ? process.sequence(1) : 0));
    assertThat(pds.posts).hasValue(TIMES);
    assertThat(counter.calls("TransactWriteItems")).isEqualTo(TIMES);
    assertThat(counter.calls("GetObject")).isEqualTo(TIMES);
    assertThat(counter.units("TransactWriteItems")).isEqualTo(6.0 * TIMES);
    // Replaced nodes that had settled; and the turn to feed subscribers, taken and given back.
    assertThat(counter.calls("UpdateItem")).isLessThan(TIMES / 5);
    assertThat(counter.calls("PutItem")).isEqualTo(2 * TIMES);
  }

  @Test
  @Order(3)
  void eventsOfOneBatchShareTheirTransaction() {
    for (int i = 0; i < TIMES; i++) {
      load.post(client);
    }
    CallCounter counter = note("event in ten", TIMES, i -> i(i == 0 ? process.sequence(BATCH) : 0));
    assertThat(pds.posts).hasValue(TIMES);
    assertThat(counter.calls("TransactWriteItems")).isEqualTo(TIMES / BATCH);
    assertThat(counter.units("TransactWriteItems")).isLessThan(4.3 * TIMES);
  }

  @Test
  @Order(4)
  void likesRepostsAndFollowsReadNothingEither() {
    CallCounter counter = note("createRecord, mixed", TIMES, i -> load.mixed(client));
    assertThat(besidePuts(counter))
        .isEqualTo(
            Map.of("PutObject", TIMES, "BatchWriteItem", TIMES, "TransactWriteItems", TIMES));
    note("event, mixed", TIMES, i -> i(i == 0 ? process.sequence(1) : 0));
  }

  @Test
  @Order(5)
  void aColdCreateRecordReadsOnceAndOnePack() {
    int times = 20;
    CallCounter counter = note("createRecord, cold", times, i -> load.post(pds.start().client));
    assertThat(counter.calls("BatchGetItem")).isEqualTo(times);
    assertThat(counter.calls("GetItem") + counter.calls("Query")).isZero();
    // The last commit's pack; now and then that of a node which settles just then.
    assertThat(counter.calls("GetObject")).isBetween(times, 2 * times);
    assertThat(counter.calls("PutObject")).isEqualTo(times);
    assertThat(counter.calls("BatchWriteItem")).isEqualTo(times);
    assertThat(counter.calls("TransactWriteItems")).isEqualTo(times);
    process.sequence(BATCH);
  }

  @Test
  @Order(6)
  void replacingAndDeletingReadTheRecordThatIsThere() {
    load.put(client, "replaced", "first");
    CallCounter replaced = note("putRecord", 10, i -> load.put(client, "replaced", "version " + i));
    assertThat(replaced.calls("BatchGetItem")).isEqualTo(10);
    assertThat(replaced.calls("GetItem")).isZero();
    assertThat(replaced.calls("TransactWriteItems")).isEqualTo(10);
    for (int i = 0; i < 10; i++) {
      load.put(client, "doomed" + i, "here for now");
    }
    CallCounter deleted = note("deleteRecord", 10, i -> load.delete(client, "doomed" + i));
    assertThat(deleted.calls("BatchGetItem")).isEqualTo(10);
    assertThat(deleted.calls("TransactWriteItems")).isEqualTo(10);
    process.sequence(BATCH);
  }

  @Test
  @Order(7)
  void readsAreOneCallOnceTheAccountIsKnown() {
    String did = alice.did().text();
    String record = "&collection=app.bsky.feed.post&rkey=" + load.lastPost();
    read("getRecord", "com.atproto.repo.getRecord?repo=" + did + record, Map.of("GetItem", 1));
    read("", "com.atproto.repo.getRecord?repo=alice.test" + record, Map.of("GetItem", 1));
    read(
        "listRecords",
        "com.atproto.repo.listRecords?limit=100&collection=app.bsky.feed.post&repo=" + did,
        Map.of("Query", 1));
    read(
        "sync.getRecord",
        "com.atproto.sync.getRecord?did=" + did + record,
        Map.of("BatchGetItem", 1));
    read("getLatestCommit", "com.atproto.sync.getLatestCommit?did=" + did, Map.of("GetItem", 1));
    String cid = load.postWithBlob(client, BLOB);
    read(
        "getBlob",
        "com.atproto.sync.getBlob?did=" + did + "&cid=" + cid,
        Map.of("GetItem", 1, "GetObject", 1));
    process.sequence(BATCH);
  }

  private void read(String name, String query, Map<String, Integer> calls) {
    pds.clock.advance(Duration.ofMinutes(1));
    get(client, query);
    CallCounter counter = counted(() -> get(client, query));
    assertThat(counter.calls()).as(query).isEqualTo(calls);
    if (!name.isEmpty()) {
      facts.add(name, 1, counter, 0);
      note(name + ", cold", 1, i -> get(pds.start().client, query));
    }
  }

  @Test
  @Order(8)
  void aProofInAFreshProcessIsAtMostOneReadForEachLevel() {
    String query =
        "com.atproto.sync.getRecord?did=%s&collection=app.bsky.feed.post&rkey=%s"
            .formatted(alice.did(), load.firstPost());
    CallCounter counter = counted(() -> get(pds.start().client, query));
    int levels = 8;
    assertThat(counter.calls("BatchGetItem")).isEqualTo(1);
    assertThat(counter.calls("GetItem") + counter.calls("GetObject")).isLessThan(levels);
    assertThat(counter.calls()).containsOnlyKeys("BatchGetItem", "GetItem", "GetObject");
  }

  @Test
  @Order(9)
  void anExportIsAFewQueriesAndNoObjectForEachRecord() {
    String query = "com.atproto.sync.getRepo?did=" + alice.did();
    CallCounter counter = note("getRepo of 1,000 records", 1, i -> get(pds.start().client, query));
    assertThat(counter.calls("Query")).isEqualTo(2 + 1); // pages of 1,000 records, and of nodes
    assertThat(counter.calls("GetObject")).isLessThanOrEqualTo(6);
    assertThat(counter.calls("BatchGetItem") + counter.calls("GetItem")).isLessThanOrEqualTo(5);
    assertThat(counter.units("Query")).isLessThan(140);

    get(client, query);
    CallCounter warm = counted(() -> get(client, query));
    assertThat(warm.calls("GetObject") + warm.calls("BatchGetItem")).isZero();
    assertThat(warm.calls("Query")).isEqualTo(2);
  }

  @Test
  @Order(10)
  void otherThingsThatClientsDoAllDay() {
    note("uploadBlob", 5, i -> load.upload(client, new byte[50_000 + i]));
    note("createSession", 1, i -> load.signIn(client));
    note("refreshSession", 1, i -> load.refresh(client));
  }

  @Test
  @Order(11)
  void theCommandReckonsFromWhatWasCounted() throws IOException {
    facts.check();
  }

  private static void get(SiteClient client, String query) {
    assertThat(client.get(query, null).status()).as(query).isEqualTo(200);
  }

  /** Lets a value go. */
  @SuppressWarnings("unused")
  private static void i(int value) {}
}
