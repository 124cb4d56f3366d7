package dev.virga.functions.cost;

import dev.virga.atproto.syntax.Did;
import dev.virga.aws.CallCounter;
import dev.virga.aws.Connection;
import dev.virga.aws.LocalDynamo;
import dev.virga.aws.LocalS3;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.aws.dynamodb.DynamoIndex;
import dev.virga.aws.dynamodb.IndexTable;
import dev.virga.aws.s3.BucketOptions;
import dev.virga.aws.s3.S3Objects;
import dev.virga.functions.Pages;
import dev.virga.functions.Services;
import dev.virga.functions.SiteClient;
import dev.virga.functions.Surroundings;
import dev.virga.pds.FakeClock;
import dev.virga.pds.SeededRandom;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.identity.AddressLookup;
import dev.virga.pds.identity.FakePlcDirectory;
import dev.virga.pds.identity.VettedFetcher;
import dev.virga.pds.jetstream.Posting;
import dev.virga.pds.jetstream.WebSocketApi;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.sync.EventLog;
import dev.virga.pds.sync.Outbox;
import dev.virga.pds.sync.OutboxWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * A PDS on DynamoDB Local and S3Proxy through the real clients, whose calls are counted; rate
 * limits are on, as in a deployment.
 */
final class CloudPds implements AutoCloseable {
  private static final Duration A_WHILE = Duration.ofMinutes(1);

  final CallCounter counter = new CallCounter();
  final FakeClock clock = new FakeClock();
  private final Connection toDynamo = LocalServers.dynamo().connect(counter);
  private final Connection toS3 = LocalServers.s3().connect(counter);
  private final DynamoDbClient dynamo = IndexTable.client(toDynamo);
  private final BucketOptions bucket = LocalS3.newBucket(toS3);
  private final S3Client s3 = S3Objects.client(toS3, bucket);
  private final S3Presigner presigner = S3Objects.presigner(toS3, bucket);
  private final SeededRandom random = new SeededRandom(5);
  private final FakePlcDirectory plc = new FakePlcDirectory();
  private final Index index;

  /** What the table's stream would tell of new outbox items, without the calls to poll it. */
  private final List<Change> changes = Collections.synchronizedList(new ArrayList<>());

  private final Objects objects;
  private final Path scratch;
  final AtomicInteger posts = new AtomicInteger();

  CloudPds(Path scratch) {
    this.scratch = scratch;
    Retries retries = new Retries(random);
    index =
        new OutboxWatch(
            new DynamoIndex(dynamo, LocalDynamo.newTable(dynamo), retries, random),
            news ->
                news.forEach(
                    put ->
                        changes.add(
                            new Change(put.key(), Optional.empty(), Optional.of(put.item())))));
    objects = new S3Objects(s3, presigner, bucket, retries, random);
  }

  /** One process: what it remembers is its own. */
  final class Server {
    final SiteClient client;
    private final Changes.Listener listener;
    private final WebSocketApi subscribers;

    private Server() {
      Services services = services();
      EventLog log = services.eventLog();
      client = new SiteClient(Pages.site(services, "test", List.of()));
      listener = services.changes(log, last -> {});
      subscribers =
          new WebSocketApi(
              index, objects, log, new CountingPosts(), () -> {}, clock, random, time -> {});
    }

    /** Somebody subscribes to everything from now on. */
    void subscribe(String connection) {
      subscribers.connect(connection, Map.of(), Optional.empty());
      subscribers.goOn(A_WHILE);
    }

    /** Does what the stream function does, with batches of a size; returns how many there were. */
    int sequence(int batch) {
      List<Change> taken = List.copyOf(changes);
      changes.clear();
      int batches = 0;
      for (int from = 0; from < taken.size(); from += batch) {
        batches++;
        try {
          listener.accept(taken.subList(from, Math.min(taken.size(), from + batch)));
        } catch (Exception e) {
          throw new AssertionError(e);
        }
        subscribers.afterBatch(A_WHILE);
      }
      return batches;
    }
  }

  /** A gateway that takes every message. */
  private final class CountingPosts implements Posting {
    @Override
    public Posting.Outcome post(String connectionId, byte[] text) {
      posts.incrementAndGet();
      return Posting.Outcome.DELIVERED;
    }

    @Override
    public void disconnect(String connectionId) {
      throw new AssertionError("nobody is to be sent away");
    }
  }

  /** The bytes that lie in the table for an account, with what DynamoDB adds to each item. */
  long storedBytes(Did did) {
    long bytes = 0;
    Range range = Range.prefix("");
    Page page;
    do {
      page = index.query(Query.forward(did.text(), range, Query.MAX_LIMIT));
      for (Entry entry : page.entries()) {
        range = range.after(entry.key().sort());
        if (!Outbox.holds(entry.key()) && entry.expires() == null) {
          bytes += entry.item().bytes() + did.text().length() + entry.key().sort().length() + 104;
        }
      }
    } while (page.more());
    return bytes;
  }

  /** A process that knows nothing yet. */
  Server start() {
    return new Server();
  }

  private Services services() {
    return new Services(
        PdsConfig.parse(
            Map.of(
                "PDS_HOSTNAME",
                "pds.test.example",
                "PDS_SERVICE_HANDLE_DOMAINS",
                ".test",
                "PDS_INVITE_REQUIRED",
                "false",
                "PDS_RATE_LIMITS_ENABLED",
                "true",
                PdsConfig.JWT_SECRET,
                "a secret for tokens",
                PdsConfig.ADMIN_PASSWORD,
                "adminpw",
                PdsConfig.ROTATION_KEY,
                "11".repeat(32),
                PdsConfig.KEY_SEALING_SECRET,
                "22".repeat(32),
                PdsConfig.DPOP_SECRET,
                "33".repeat(32))),
        new Surroundings(
            index,
            objects,
            plc,
            new VettedFetcher(
                AddressLookup.system(),
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                VettedFetcher.Policy.PUBLIC_ONLY,
                "virga-test"),
            name -> List.of(),
            clock,
            random,
            time -> {},
            Runnable::run,
            scratch));
  }

  @Override
  public void close() {
    presigner.close();
    s3.close();
    dynamo.close();
    toS3.close();
    toDynamo.close();
  }
}
