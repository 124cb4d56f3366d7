package dev.virga.functions.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.blob.Blobs;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import java.util.List;

/** {@code com.atproto.sync.listBlobs}: what a repository's records refer to. */
public final class ListBlobs implements XrpcHandler {
  private final Serving serving;
  private final Blobs blobs;

  public ListBlobs(HostedRepos repos, RepoReader reader, Blobs blobs) {
    this.serving = new Serving(repos, reader);
    this.blobs = blobs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.listBlobs", new Access.OpenOrOwner());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    HostedRepo repo = serving.repo(request);
    List<Cid> cids =
        blobs.list(
            repo.did(),
            request.param("since").map(Tid::parse).orElse(null),
            request.param("cursor").map(Cid::parse).orElse(null),
            request.intParam("limit"));
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("cids");
          cids.forEach(cid -> json.writeString(cid.toString()));
          json.writeEndArray();
          if (!cids.isEmpty()) {
            json.writeStringProperty("cursor", cids.getLast().toString());
          }
          json.writeEndObject();
        });
  }
}
