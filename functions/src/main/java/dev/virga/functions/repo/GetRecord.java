package dev.virga.functions.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.atproto.syntax.AtUri;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;
import dev.virga.pds.repo.RepoRecord;
import java.util.Optional;

/** {@code com.atproto.repo.getRecord}: one record, to anybody. */
public final class GetRecord implements XrpcHandler {
  private final HostedRepos repos;
  private final RepoReader reader;

  public GetRecord(HostedRepos repos, RepoReader reader) {
    this.repos = repos;
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.repo.getRecord", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    AtIdentifier repo = AtIdentifier.parse(request.requireParam("repo"));
    RepoPath path =
        new RepoPath(
            Nsid.parse(request.requireParam("collection")),
            RecordKey.parse(request.requireParam("rkey")));
    Optional<Cid> cid = request.param("cid").map(Cid::parse);
    HostedRepo hosted =
        repos
            .find(repo)
            .filter(found -> found.state().isActive())
            .orElseThrow(() -> notFound(repo + "/" + path));
    RepoRecord record =
        reader
            .record(hosted.did(), path)
            .filter(found -> !found.takendown())
            .filter(found -> cid.isEmpty() || cid.get().equals(found.cid()))
            .orElseThrow(() -> notFound(AtUri.of(hosted.did(), path.collection(), path.rkey())));
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("uri", uri(hosted, path));
          json.writeStringProperty("cid", record.cid().toString());
          json.writeName("value");
          DataJson.transcode(record.bytes(), json);
          json.writeEndObject();
        });
  }

  private static String uri(HostedRepo repo, RepoPath path) {
    return AtUri.of(repo.did(), path.collection(), path.rkey()).toString();
  }

  private static XrpcException notFound(Object what) {
    return XrpcException.badRequest("RecordNotFound", "Could not locate record: " + what);
  }
}
