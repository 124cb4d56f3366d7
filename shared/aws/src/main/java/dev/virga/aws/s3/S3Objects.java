package dev.virga.aws.s3;

import dev.virga.aws.Connection;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The {@link Objects} in one S3 bucket: the cloud's half of that port. */
public final class S3Objects implements Objects {
  /**
   * The longest time for one call, or until an object begins to come: a part of 8 MiB is slowest.
   */
  private static final Duration CALL = Duration.ofSeconds(30);

  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Client client;
  private final S3Presigner presigner;
  private final BucketOptions options;
  private final Retries retries;
  private final Marks marks;

  /**
   * Objects in a bucket that is there.
   *
   * @param client one that does not retry, such as {@link #client} makes
   * @param random marks what is put; unpredictable even after a snapshot
   */
  public S3Objects(
      S3Client client,
      S3Presigner presigner,
      BucketOptions options,
      Retries retries,
      RandomGenerator random) {
    this.client = client;
    this.presigner = presigner;
    this.options = options;
    this.retries = retries;
    this.marks = new Marks(random);
  }

  /** A client that leaves retries to {@link Retries}. */
  public static S3Client client(Connection connection, BucketOptions options) {
    S3ClientBuilder builder =
        connection
            .prepare(S3Client.builder(), CALL)
            .forcePathStyle(options.pathStyle())
            // Asking first costs a round trip, and what is sent is small.
            .serviceConfiguration(configuration -> configuration.expectContinueEnabled(false));
    if (connection.endpoint() != null) {
      // Not every store knows the checksums and trailers that AWS would like.
      builder
          .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
          .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    }
    return builder.build();
  }

  /** Signs URLs; makes no connection. */
  public static S3Presigner presigner(Connection connection, BucketOptions options) {
    S3Presigner.Builder builder =
        S3Presigner.builder()
            .region(connection.region())
            .credentialsProvider(connection.credentials())
            .serviceConfiguration(
                S3Configuration.builder().pathStyleAccessEnabled(options.pathStyle()).build());
    URI endpoint = connection.endpoint();
    return (endpoint == null ? builder : builder.endpointOverride(endpoint)).build();
  }

  @Override
  public boolean putIfAbsent(String name, byte[] content, Metadata metadata) {
    Objects.requireName(name);
    String mark = marks.next();
    return retries.call(
        "put of " + name,
        doubtful -> {
          try {
            client.putObject(
                r ->
                    r.bucket(options.bucket())
                        .key(name)
                        .ifNoneMatch("*")
                        .metadata(Marks.with(mark, metadata)),
                RequestBody.fromBytes(content));
            return true;
          } catch (S3Exception refused) {
            if (refused.statusCode() != PRECONDITION_FAILED) {
              throw refused;
            }
            return doubtful && isOurs(name, mark);
          }
        });
  }

  /** Whether what has the name is what an attempt stored whose answer was lost. */
  private boolean isOurs(String name, String mark) {
    return Marks.has(mark, client.headObject(r -> r.bucket(options.bucket()).key(name)).metadata());
  }

  @Override
  public long putStream(String name, InputStream content, Metadata metadata) throws IOException {
    Objects.requireName(name);
    byte[] first = content.readNBytes(options.partBytes());
    if (first.length == options.partBytes()) {
      return new Upload(client, options, retries, name, marks.next(), metadata).run(first, content);
    }
    return retries.call(
        "put of " + name,
        _ -> {
          client.putObject(
              r ->
                  r.bucket(options.bucket()).key(name).metadata(Marks.with(marks.next(), metadata)),
              RequestBody.fromBytes(first));
          return (long) first.length;
        });
  }

  @Override
  public Optional<byte[]> get(String name) {
    Objects.requireName(name);
    return retries.call(
        "get of " + name,
        _ -> found(() -> fetch(name, null)).map(ResponseBytes::asByteArrayUnsafe));
  }

  @Override
  public Optional<byte[]> getRange(String name, long offset, int length) {
    Objects.requireName(name);
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("no part of an object: %d+%d".formatted(offset, length));
    }
    long last = offset > Long.MAX_VALUE - length ? Long.MAX_VALUE : offset + length - 1;
    String range = "bytes=" + offset + "-" + last;
    Optional<byte[]> part =
        retries.call(
            "get of a part of " + name,
            _ -> {
              try {
                return found(() -> fetch(name, range)).map(ResponseBytes::asByteArrayUnsafe);
              } catch (S3Exception refused) {
                if (refused.statusCode() == RANGE_NOT_SATISFIABLE) {
                  throw tooShort(name, range, refused);
                }
                throw refused;
              }
            });
    if (part.isPresent() && part.get().length != length) {
      throw tooShort(name, range, null);
    }
    return part;
  }

  private ResponseBytes<GetObjectResponse> fetch(String name, @Nullable String range) {
    return client.getObject(
        r -> r.bucket(options.bucket()).key(name).range(range), ResponseTransformer.toBytes());
  }

  private static StoreException tooShort(String name, String range, @Nullable Throwable cause) {
    String message = "object %s does not have %s".formatted(name, range);
    return cause == null ? new StoreException(message) : new StoreException(message, cause);
  }

  @Override
  public Optional<Opened> open(String name) {
    Objects.requireName(name);
    Optional<ResponseInputStream<GetObjectResponse>> opened =
        retries.call(
            "opening of " + name,
            _ -> found(() -> client.getObject(r -> r.bucket(options.bucket()).key(name))));
    return opened.map(
        stream ->
            new Opened(
                new Download(stream),
                stream.response().contentLength(),
                Marks.without(stream.response().metadata())));
  }

  @Override
  public Optional<Long> size(String name) {
    return head(name).map(HeadObjectResponse::contentLength);
  }

  @Override
  public Optional<Metadata> metadata(String name) {
    return head(name).map(answer -> Marks.without(answer.metadata()));
  }

  private Optional<HeadObjectResponse> head(String name) {
    Objects.requireName(name);
    return retries.call(
        "look at " + name,
        _ -> found(() -> client.headObject(r -> r.bucket(options.bucket()).key(name))));
  }

  @Override
  public boolean copy(String from, String to) {
    Objects.requireName(from);
    Objects.requireName(to);
    if (from.equals(to)) {
      return head(from).isPresent(); // S3 refuses a copy that changes nothing
    }
    return retries
        .call(
            "copy of " + from,
            _ ->
                found(
                    () ->
                        client.copyObject(
                            r ->
                                r.sourceBucket(options.bucket())
                                    .sourceKey(from)
                                    .destinationBucket(options.bucket())
                                    .destinationKey(to))))
        .isPresent();
  }

  @Override
  public void delete(String name) {
    Objects.requireName(name);
    retries.call(
        "deletion of " + name, _ -> client.deleteObject(r -> r.bucket(options.bucket()).key(name)));
  }

  @Override
  public Listing list(String prefix, @Nullable String after) {
    Objects.requirePrefix(prefix);
    ListObjectsV2Response answer =
        retries.call(
            "listing of " + prefix,
            _ ->
                client.listObjectsV2(
                    r ->
                        r.bucket(options.bucket())
                            .prefix(prefix)
                            .startAfter(after)
                            .maxKeys(MAX_LISTED)));
    List<Listed> objects =
        answer.contents().stream().map(object -> new Listed(object.key(), object.size())).toList();
    boolean more = answer.isTruncated() && !objects.isEmpty();
    return new Listing(objects, more ? objects.getLast().name() : null);
  }

  /**
   * A presigned URL.
   *
   * @throws IllegalArgumentException if the validity is not between a second and seven days
   */
  @Override
  public Optional<URI> publicUrl(String name, Duration validity) {
    return presigned(name, validity, get -> {});
  }

  @Override
  public Optional<URI> publicUrl(String name, Duration validity, String type, String disposition) {
    return presigned(
        name,
        validity,
        get -> get.responseContentType(type).responseContentDisposition(disposition));
  }

  private Optional<URI> presigned(
      String name, Duration validity, Consumer<GetObjectRequest.Builder> more) {
    Objects.requireName(name);
    if (validity.toSeconds() < 1 || validity.compareTo(BucketOptions.MAX_VALIDITY) > 0) {
      throw new IllegalArgumentException("a URL is valid for 1 s to 7 days, not " + validity);
    }
    GetObjectRequest.Builder get = GetObjectRequest.builder().bucket(options.bucket()).key(name);
    more.accept(get);
    var signed =
        presigner.presignGetObject(
            r -> r.signatureDuration(validity).getObjectRequest(get.build()));
    try {
      return Optional.of(signed.url().toURI());
    } catch (URISyntaxException malformed) {
      throw new StoreException("no URL for " + name, malformed);
    }
  }

  /** The answer, or empty if the object is not there. A bucket that is not there is a failure. */
  private static <T> Optional<T> found(Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (S3Exception missing) {
      if (missing.statusCode() == NOT_FOUND && !isAboutBucket(missing)) {
        return Optional.empty();
      }
      throw missing;
    }
  }

  private static boolean isAboutBucket(S3Exception missing) {
    AwsErrorDetails details = missing.awsErrorDetails();
    return details != null && "NoSuchBucket".equals(details.errorCode());
  }
}
