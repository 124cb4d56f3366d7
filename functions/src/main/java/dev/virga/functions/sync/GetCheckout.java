package dev.virga.functions.sync;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.repo.Head;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoExport;
import dev.virga.pds.repo.RepoReader;

/** {@code com.atproto.sync.getCheckout}, deprecated: a whole repository as a CAR. */
public final class GetCheckout implements XrpcHandler {
  private final Serving serving;
  private final RepoExport export;

  public GetCheckout(HostedRepos repos, RepoReader reader, RepoExport export) {
    this.serving = new Serving(repos, reader);
    this.export = export;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getCheckout", new Access.OpenOrOwner());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    HostedRepo repo = serving.repo(request);
    Head head = serving.head(repo);
    return HttpResponse.stream(Serving.CAR, -1, out -> export.write(repo.did(), head, null, out));
  }
}
