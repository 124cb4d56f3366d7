package dev.virga.aws.dynamodb;

import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Key;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamRecord;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Reads one shard of a stream in order, a batch at a time; part of {@link StreamPoller}. A batch
 * that the listener refuses is kept and offered again before anything else is read.
 */
final class ShardReader {
  private static final Logger LOG = LoggerFactory.getLogger(ShardReader.class);
  private static final int MAX_BATCH = 1_000;

  /** What came of a step. */
  enum Step {
    /** Nothing new was there. */
    IDLE,
    /** Changes were accepted, or the next ones can be read at once. */
    MOVED,
    /** The listener refused a batch. */
    REFUSED,
    /** The shard was read to its end. */
    ENDED
  }

  private final DynamoDbStreamsClient client;
  private final String stream;
  private final String shard;
  private final @Nullable String parent;
  private final Checkpoints checkpoints;
  private @Nullable String iterator;
  private @Nullable GetRecordsResponse refused;
  private boolean fromOldest;

  ShardReader(
      DynamoDbStreamsClient client,
      String stream,
      String shard,
      @Nullable String parent,
      Checkpoints checkpoints) {
    this.client = client;
    this.stream = stream;
    this.shard = shard;
    this.parent = parent;
    this.checkpoints = checkpoints;
  }

  String shard() {
    return shard;
  }

  /** The shard that must be read to its end before this one. */
  Optional<String> parent() {
    return Optional.ofNullable(parent);
  }

  /**
   * Reads a batch and hands over what is wanted of it. Only then the position is saved: saving one
   * may itself make a record, and must not go on for ever.
   */
  Step step(Predicate<Key> wanted, Changes.Listener listener) throws InterruptedException {
    GetRecordsResponse batch = refused == null ? read() : refused;
    if (batch == null) {
      return checkpoints.load(shard).equals(Optional.of(Checkpoints.END)) ? Step.ENDED : Step.MOVED;
    }
    List<Change> changes =
        batch.records().stream().flatMap(record -> change(record.dynamodb(), wanted)).toList();
    if (!changes.isEmpty()) {
      if (!accepted(changes, listener)) {
        refused = batch;
        return Step.REFUSED;
      }
      checkpoints.save(shard, batch.records().getLast().dynamodb().sequenceNumber());
    }
    refused = null;
    iterator = batch.nextShardIterator();
    if (iterator == null) {
      checkpoints.save(shard, Checkpoints.END);
      return Step.ENDED;
    }
    return batch.records().isEmpty() ? Step.IDLE : Step.MOVED;
  }

  private boolean accepted(List<Change> changes, Changes.Listener listener)
      throws InterruptedException {
    try {
      listener.accept(changes);
      return true;
    } catch (InterruptedException interrupted) {
      throw interrupted;
    } catch (Exception refusal) {
      LOG.warn(
          "{} changes of shard {} were refused and come again", changes.size(), shard, refusal);
      return false;
    }
  }

  private static Stream<Change> change(StreamRecord record, Predicate<Key> wanted) {
    Row keys = Attributes.decode(record.keys());
    return wanted.test(keys.key())
        ? Stream.of(
            new dev.virga.aws.dynamodb.StreamRecord(
                    keys,
                    record.hasOldImage() ? Attributes.decode(record.oldImage()) : null,
                    record.hasNewImage() ? Attributes.decode(record.newImage()) : null)
                .change())
        : Stream.empty();
  }

  /** The next batch; null if reading begins anew with the next step, or the shard is gone. */
  private @Nullable GetRecordsResponse read() {
    try {
      String at = iterator == null ? begin() : iterator;
      return client.getRecords(r -> r.shardIterator(at).limit(MAX_BATCH));
    } catch (ExpiredIteratorException expired) {
      iterator = null;
    } catch (TrimmedDataAccessException trimmed) {
      if (checkpoints.load(shard).isPresent()) {
        LOG.error("shard {} lost records that were not read within a day", shard, trimmed);
      }
      iterator = null;
      fromOldest = true;
    } catch (ResourceNotFoundException gone) {
      LOG.warn("shard {} is gone", shard, gone);
      checkpoints.save(shard, Checkpoints.END);
    }
    return null;
  }

  private String begin() {
    Optional<String> after = fromOldest ? Optional.empty() : checkpoints.load(shard);
    GetShardIteratorRequest.Builder request =
        GetShardIteratorRequest.builder().streamArn(stream).shardId(shard);
    if (after.isPresent()) {
      request
          .shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
          .sequenceNumber(after.get());
    } else {
      request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
    }
    return client.getShardIterator(request.build()).shardIterator();
  }
}
