package dev.virga.aws.dynamodb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * A stream whose shards split, end, expire and fail when a test says so. Sequence numbers are
 * positions in a shard; a page of shards has one, so that there is always another page.
 */
final class FakeStream implements DynamoDbStreamsClient {
  private static final class FakeShard {
    final @Nullable String parent;
    final List<String> sorts = new CopyOnWriteArrayList<>();
    boolean ended;

    FakeShard(@Nullable String parent) {
      this.parent = parent;
    }
  }

  private final Map<String, FakeShard> shards = new LinkedHashMap<>();
  private int generation;
  final CountDownLatch failedOnce = new CountDownLatch(1);
  volatile boolean failing;

  void shard(String id, @Nullable String parent, String... sorts) {
    FakeShard shard = new FakeShard(parent);
    shard.sorts.addAll(List.of(sorts));
    shards.put(id, shard);
  }

  void add(String id, String sort) {
    known(id).sorts.add(sort);
  }

  void end(String id) {
    known(id).ended = true;
  }

  void forget(String id) {
    shards.remove(id);
  }

  void expireIterators() {
    generation++;
  }

  private FakeShard known(String id) {
    FakeShard shard = shards.get(id);
    if (shard == null) {
      throw ResourceNotFoundException.builder().message("no shard " + id).build();
    }
    return shard;
  }

  @Override
  public DescribeStreamResponse describeStream(DescribeStreamRequest request) {
    if (failing) {
      failedOnce.countDown();
      throw DynamoDbException.builder().message("out of order").build();
    }
    List<String> ids = new ArrayList<>(shards.keySet());
    int at = ids.indexOf(request.exclusiveStartShardId()) + 1;
    List<Shard> page =
        ids.stream()
            .skip(at)
            .limit(1)
            .map(id -> Shard.builder().shardId(id).parentShardId(known(id).parent).build())
            .toList();
    String last = at + 1 < ids.size() ? ids.get(at) : null;
    return DescribeStreamResponse.builder()
        .streamDescription(d -> d.shards(page).lastEvaluatedShardId(last))
        .build();
  }

  @Override
  public GetShardIteratorResponse getShardIterator(GetShardIteratorRequest request) {
    int from = 0;
    if (request.shardIteratorType() == ShardIteratorType.AFTER_SEQUENCE_NUMBER) {
      from = Integer.parseInt(request.sequenceNumber()) + 1;
      if (from < 0) {
        throw TrimmedDataAccessException.builder().message("trimmed").build();
      }
    }
    return GetShardIteratorResponse.builder()
        .shardIterator(iterator(request.shardId(), from))
        .build();
  }

  private String iterator(String shard, int from) {
    return generation + "/" + shard + "/" + from;
  }

  @Override
  public GetRecordsResponse getRecords(GetRecordsRequest request) {
    String[] iterator = request.shardIterator().split("/", -1);
    if (Integer.parseInt(iterator[0]) != generation) {
      throw ExpiredIteratorException.builder().message("expired").build();
    }
    FakeShard shard = known(iterator[1]);
    int from = Integer.parseInt(iterator[2]);
    List<Record> records = new ArrayList<>();
    for (int at = from; at < shard.sorts.size(); at++) {
      records.add(record(shard.sorts.get(at), at));
    }
    String next = shard.ended ? null : iterator(iterator[1], shard.sorts.size());
    return GetRecordsResponse.builder().records(records).nextShardIterator(next).build();
  }

  private static Record record(String sort, int number) {
    Map<String, AttributeValue> row = Attributes.key("p", sort);
    return Record.builder()
        .dynamodb(d -> d.keys(row).newImage(row).sequenceNumber(Integer.toString(number)))
        .build();
  }

  @Override
  public String serviceName() {
    return "dynamodb";
  }

  @Override
  public void close() {}
}
