package dev.virga.functions.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import java.util.Optional;

/** {@code com.atproto.sync.getRepoStatus}: whether a repository is served, and if not, why. */
public final class GetRepoStatus implements XrpcHandler {
  private final HostedRepos repos;
  private final RepoReader reader;

  public GetRepoStatus(HostedRepos repos, RepoReader reader) {
    this.repos = repos;
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getRepoStatus", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    HostedRepo repo = repos.require(Did.parse(request.requireParam("did")));
    Optional<Head> head = repo.state().isActive() ? reader.head(repo.did()) : Optional.empty();
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("did", repo.did().text());
          json.writeBooleanProperty("active", repo.state().isActive());
          if (!repo.state().isActive()) {
            json.writeStringProperty("status", repo.state().text());
          }
          head.ifPresent(found -> json.writeStringProperty("rev", found.rev().toString()));
          json.writeEndObject();
        });
  }
}
