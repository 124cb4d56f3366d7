package dev.virga.aws.s3;

import dev.virga.aws.Retries;
import dev.virga.pds.store.Objects.Metadata;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/**
 * One multipart upload of a stream, a part in memory at a time; part of {@link S3Objects}. Whatever
 * goes wrong, the upload is aborted, so that no parts stay to be paid for.
 */
final class Upload {
  private final S3Client client;
  private final BucketOptions options;
  private final Retries retries;
  private final String name;
  private final String mark;
  private final Metadata metadata;

  Upload(
      S3Client client,
      BucketOptions options,
      Retries retries,
      String name,
      String mark,
      Metadata metadata) {
    this.client = client;
    this.options = options;
    this.retries = retries;
    this.name = name;
    this.mark = mark;
    this.metadata = metadata;
  }

  /**
   * Uploads a full first part and the rest of the stream.
   *
   * @return the number of bytes
   */
  long run(byte[] first, InputStream rest) throws IOException {
    String id =
        retries.call(
            "begin of the upload of " + name,
            _ ->
                client
                    .createMultipartUpload(
                        r ->
                            r.bucket(options.bucket())
                                .key(name)
                                .metadata(Marks.with(mark, metadata)))
                    .uploadId());
    try {
      return send(id, first, rest);
    } catch (IOException | RuntimeException | Error failure) {
      abort(id, failure);
      throw failure;
    }
  }

  private long send(String id, byte[] first, InputStream rest) throws IOException {
    List<CompletedPart> parts = new ArrayList<>();
    byte[] buffer = first;
    int filled = first.length;
    long total = 0;
    while (filled > 0) {
      if (parts.size() == BucketOptions.MAX_PARTS) {
        throw new StoreException("%s is longer than %d bytes".formatted(name, total));
      }
      parts.add(part(id, parts.size() + 1, buffer, filled));
      total += filled;
      filled = filled < buffer.length ? 0 : rest.readNBytes(buffer, 0, buffer.length);
    }
    complete(id, parts);
    return total;
  }

  private CompletedPart part(String id, int number, byte[] buffer, int length) {
    String tag =
        retries.call(
            "upload of part %d of %s".formatted(number, name),
            _ ->
                client
                    .uploadPart(
                        r ->
                            r.bucket(options.bucket())
                                .key(name)
                                .uploadId(id)
                                .partNumber(number)
                                .contentLength((long) length),
                        RequestBody.fromContentProvider(
                            () -> new java.io.ByteArrayInputStream(buffer, 0, length),
                            length,
                            "application/octet-stream"))
                    .eTag());
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private void complete(String id, List<CompletedPart> parts) {
    retries.call(
        "end of the upload of " + name,
        doubtful -> {
          try {
            client.completeMultipartUpload(
                r ->
                    r.bucket(options.bucket())
                        .key(name)
                        .uploadId(id)
                        .multipartUpload(upload -> upload.parts(parts)));
            return true;
          } catch (NoSuchUploadException gone) {
            if (doubtful && isOurs()) {
              return true;
            }
            throw gone;
          }
        });
  }

  private boolean isOurs() {
    return Marks.has(mark, client.headObject(r -> r.bucket(options.bucket()).key(name)).metadata());
  }

  private void abort(String id, Throwable failure) {
    try {
      retries.call(
          "abort of the upload of " + name,
          _ -> {
            try {
              return client.abortMultipartUpload(
                  r -> r.bucket(options.bucket()).key(name).uploadId(id));
            } catch (NoSuchUploadException gone) {
              return gone;
            }
          });
    } catch (StoreException | SdkException left) {
      failure.addSuppressed(left); // the bucket's lifecycle rule will remove the parts
    }
  }
}
