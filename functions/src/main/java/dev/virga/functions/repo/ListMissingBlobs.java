package dev.virga.functions.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.blob.Blobs;
import java.util.List;

/** {@code com.atproto.repo.listMissingBlobs}: what a migration has still to upload. */
public final class ListMissingBlobs implements XrpcHandler {
  private final Blobs blobs;

  public ListMissingBlobs(Blobs blobs) {
    this.blobs = blobs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.repo.listMissingBlobs",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.ANY));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    int limit = request.intParam("limit");
    List<Blobs.Reference> missing =
        blobs.missing(
            request.account(), request.param("cursor").map(Cid::parse).orElse(null), limit);
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("blobs");
          for (Blobs.Reference reference : missing) {
            json.writeStartObject();
            json.writeStringProperty("cid", reference.cid().toString());
            json.writeStringProperty(
                "recordUri", "at://" + request.account() + "/" + reference.path());
            json.writeEndObject();
          }
          json.writeEndArray();
          if (!missing.isEmpty()) {
            json.writeStringProperty("cursor", missing.getLast().cid().toString());
          }
          json.writeEndObject();
        });
  }
}
