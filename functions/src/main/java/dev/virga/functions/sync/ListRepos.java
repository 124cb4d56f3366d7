package dev.virga.functions.sync;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** {@code com.atproto.sync.listRepos}: all repositories of this server, whatever their state. */
public final class ListRepos implements XrpcHandler {
  private final HostedRepos repos;
  private final RepoReader reader;

  public ListRepos(HostedRepos repos, RepoReader reader) {
    this.repos = repos;
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.listRepos", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    List<HostedRepo> page =
        repos.list(request.param("cursor").orElse(null), request.intParam("limit"));
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeArrayPropertyStart("repos");
          page.forEach(repo -> write(json, repo));
          json.writeEndArray();
          if (!page.isEmpty()) {
            json.writeStringProperty("cursor", page.getLast().cursor());
          }
          json.writeEndObject();
        });
  }

  private void write(JsonGenerator json, HostedRepo repo) {
    Optional<Head> head = reader.head(repo.did());
    if (head.isEmpty()) {
      return; // deleted since the page was read
    }
    json.writeStartObject();
    json.writeStringProperty("did", repo.did().text());
    json.writeStringProperty("head", head.get().commit().toString());
    json.writeStringProperty("rev", head.get().rev().toString());
    json.writeBooleanProperty("active", repo.state().isActive());
    if (!repo.state().isActive()) {
      json.writeStringProperty("status", repo.state().text());
    }
    json.writeEndObject();
  }
}
