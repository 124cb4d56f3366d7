package dev.virga.aws.s3;

import java.time.Duration;

/**
 * Where {@link S3Objects} are and how they are spoken to.
 *
 * @param bucket the bucket's name
 * @param pathStyle whether the bucket is named in the path rather than in the host name, as most
 *     stores that are not AWS want it
 * @param partBytes the size of a part of a multipart upload and of the buffer it needs, at least 5
 *     MiB; with 10,000 parts at most, it bounds the size of a streamed object
 */
public record BucketOptions(String bucket, boolean pathStyle, int partBytes) {
  /** The least that S3 takes as a part. */
  public static final int MIN_PART_BYTES = 5 << 20;

  /** The most parts that S3 takes. */
  static final int MAX_PARTS = 10_000;

  /** The longest that a URL can be valid (SigV4). */
  static final Duration MAX_VALIDITY = Duration.ofDays(7);

  public BucketOptions {
    if (bucket.isEmpty()) {
      throw new IllegalArgumentException("a bucket has a name");
    }
    if (partBytes < MIN_PART_BYTES) {
      throw new IllegalArgumentException(
          "a part has at least %d bytes, not %d".formatted(MIN_PART_BYTES, partBytes));
    }
  }

  /** A bucket at AWS. */
  public static BucketOptions aws(String bucket) {
    return new BucketOptions(bucket, false, 8 << 20);
  }

  /** A bucket of a store that is not AWS. */
  public static BucketOptions compatible(String bucket) {
    return new BucketOptions(bucket, true, 8 << 20);
  }
}
