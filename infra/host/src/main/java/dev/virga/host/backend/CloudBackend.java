package dev.virga.host.backend;

import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.dynamodb.IndexCheckpoints;
import dev.virga.aws.ports.CloudStores;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.sync.OutboxWatch;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Backend} of a host in the cloud, DynamoDB and S3, which it may share with other hosts
 * and with Lambda functions. What expires and what crashes leave is the stores' own business.
 */
public final class CloudBackend implements Backend {
  private final AwsEnvironment environment;
  private final CloudStores stores;
  private final InstantSource clock;
  private final String place;
  private final Index index;
  private volatile @Nullable CloudFeed feed;

  private CloudBackend(AwsEnvironment environment, CloudStores stores, InstantSource clock) {
    this.environment = environment;
    this.stores = stores;
    this.clock = clock;
    this.place =
        "DynamoDB table %s, S3 bucket %s"
            .formatted(environment.require("VIRGA_TABLE"), environment.require("VIRGA_BUCKET"));
    // So the stream need not be read often to be read soon.
    this.index = new OutboxWatch(stores.index(), news -> wake());
  }

  /**
   * Opens the stores that the variables name, and looks whether they are there.
   *
   * @throws dev.virga.pds.config.ConfigException if a variable is missing or invalid
   * @throws dev.virga.pds.store.StoreException if the stores cannot be used
   */
  public static CloudBackend open(
      Map<String, String> variables, SecureRandom random, InstantSource clock) {
    AwsEnvironment environment = AwsEnvironment.of(variables, List.of());
    try {
      CloudStores stores = CloudStores.open(environment, random);
      try {
        stores.check();
        return new CloudBackend(environment, stores, clock);
      } catch (RuntimeException e) {
        stores.close();
        throw e;
      }
    } catch (RuntimeException e) {
      environment.close();
      throw e;
    }
  }

  @Override
  public Index index() {
    return index;
  }

  @Override
  public Objects objects() {
    return stores.objects();
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public synchronized void deliver(
      Changes.Companion companion, Changes.Listener listener, Missed missed) {
    if (feed != null) {
      throw new IllegalStateException("changes are delivered to another listener already");
    }
    IndexCheckpoints checkpoints = IndexCheckpoints.open(stores.index(), stores.streamArn(), clock);
    feed =
        CloudFeed.start(
            stores.poller(listener, checkpoints), checkpoints.lastWritten(), missed, clock);
  }

  private void wake() {
    CloudFeed started = feed;
    if (started != null) {
      started.wake();
    }
  }

  @Override
  public void sweep(Instant now) {
    // TTL and the bucket's lifecycle rules do it.
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public synchronized void close() {
    CloudFeed started = feed;
    if (started != null) {
      started.close();
    }
    stores.close();
    environment.close();
  }
}
