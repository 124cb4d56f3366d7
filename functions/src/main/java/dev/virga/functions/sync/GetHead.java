package dev.virga.functions.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;

/** {@code com.atproto.sync.getHead}, deprecated: the CID of the current commit. */
public final class GetHead implements XrpcHandler {
  private final HostedRepos repos;
  private final RepoReader reader;

  public GetHead(HostedRepos repos, RepoReader reader) {
    this.repos = repos;
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getHead", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = Did.parse(request.requireParam("did"));
    HostedRepo repo = repos.find(did).orElseThrow(() -> notFound(did));
    repos.requireActive(repo.did());
    Head head = reader.head(did).orElseThrow(() -> notFound(did));
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("root", head.commit().toString());
          json.writeEndObject();
        });
  }

  private static XrpcException notFound(Did did) {
    return XrpcException.badRequest("HeadNotFound", "Could not find root for DID: " + did);
  }
}
