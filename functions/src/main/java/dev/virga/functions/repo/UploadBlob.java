package dev.virga.functions.repo;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.DataJson;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.blob.Blobs;
import java.io.IOException;

/** {@code com.atproto.repo.uploadBlob}: takes in bytes for records to refer to. */
public final class UploadBlob implements XrpcHandler {
  private final Blobs blobs;
  private final long limit;

  /**
   * @param limit the most bytes of a blob
   */
  public UploadBlob(Blobs blobs, long limit) {
    this.blobs = blobs;
    this.limit = limit;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
            "com.atproto.repo.uploadBlob",
            Access.account(Access.Level.STANDARD).serviceToo().oauth(Access.OAuth.SCOPED))
        .bodyLimit(limit);
  }

  @Override
  public HttpResponse handle(XrpcRequest request) throws IOException {
    String type = request.http().header("content-type").orElse("application/octet-stream");
    BlobRef blob = blobs.upload(request.account(), request.body(), type);
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeName("blob");
          DataJson.write(blob.toValue(), json);
          json.writeEndObject();
        });
  }
}
