package dev.virga.functions.cost;

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
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Objects;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * A PDS on DynamoDB Local and S3Proxy through the real clients, whose calls are counted; rate
 * limits are on, as in a deployment.
 */
final class CloudPds implements AutoCloseable {
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
  private final OutboxTap index;
  private final Objects objects;
  private final Path scratch;

  CloudPds(Path scratch) {
    this.scratch = scratch;
    Retries retries = new Retries(random);
    index = new OutboxTap(new DynamoIndex(dynamo, LocalDynamo.newTable(dynamo), retries, random));
    objects = new S3Objects(s3, presigner, bucket, retries, random);
  }

  /** One process: what it remembers is its own. */
  final class Process {
    final SiteClient client;
    private final Changes.Listener listener;

    private Process() {
      Services services = services();
      client = new SiteClient(Pages.site(services, "test", List.of()));
      listener = services.changes(services.eventLog(), last -> {});
    }

    /** Does what the stream function does, with batches of a size. */
    void sequence(int batch) {
      List<Change> changes = index.take();
      for (int from = 0; from < changes.size(); from += batch) {
        try {
          listener.accept(changes.subList(from, Math.min(changes.size(), from + batch)));
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  /** A process that knows nothing yet. */
  Process start() {
    return new Process();
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
