package dev.virga.functions.sync;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;

/** {@code com.atproto.sync.getLatestCommit}: where a repository stands. */
public final class GetLatestCommit implements XrpcHandler {
  private final Serving serving;

  public GetLatestCommit(HostedRepos repos, RepoReader reader) {
    this.serving = new Serving(repos, reader);
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getLatestCommit", new Access.OpenOrOwner());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Head head = serving.head(request);
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("cid", head.commit().toString());
          json.writeStringProperty("rev", head.rev().toString());
          json.writeEndObject();
        });
  }
}
