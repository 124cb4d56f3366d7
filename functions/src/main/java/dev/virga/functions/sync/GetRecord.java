package dev.virga.functions.sync;

import dev.virga.atproto.data.CarWriter;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.repo.HostedRepo;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RepoReader;

/**
 * {@code com.atproto.sync.getRecord}: proof that a record is in a repository, or that it is not.
 */
public final class GetRecord implements XrpcHandler {
  private final Serving serving;
  private final RepoReader reader;

  public GetRecord(HostedRepos repos, RepoReader reader) {
    this.serving = new Serving(repos, reader);
    this.reader = reader;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.getRecord", new Access.OpenOrOwner());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    RepoPath path =
        new RepoPath(
            Nsid.parse(request.requireParam("collection")),
            RecordKey.parse(request.requireParam("rkey")));
    HostedRepo repo = serving.repo(request);
    RepoReader.Proof proof = reader.proof(repo.did(), path).orElseThrow(() -> Serving.noRoot(repo));
    return HttpResponse.bytes(Serving.CAR, CarWriter.toBytes(proof.commit(), proof.blocks()));
  }
}
