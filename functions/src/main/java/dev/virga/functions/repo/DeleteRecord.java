package dev.virga.functions.repo;

import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.repo.WriteOutcome;
import java.util.List;

/** {@code com.atproto.repo.deleteRecord}: removes a record, or finds that there is none. */
public final class DeleteRecord implements XrpcHandler {
  private final OwnRepo own;
  private final RepoWriter writer;

  public DeleteRecord(HostedRepos repos, RepoWriter writer) {
    this.own = new OwnRepo(repos);
    this.writer = writer;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.repo.deleteRecord",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = own.of(request);
    RepoPath path =
        new RepoPath(
            Nsid.parse(request.requireField("collection")),
            RecordKey.parse(request.requireField("rkey")));
    RecordIntent.Swap swap =
        OwnRepo.cid(request, "swapRecord")
            .<RecordIntent.Swap>map(RecordIntent.Swap.Exactly::new)
            .orElse(RecordIntent.Swap.ANY);
    WriteOutcome outcome =
        writer.write(
            did,
            List.of(new RecordIntent.Delete(path, swap, false)),
            OwnRepo.cid(request, "swapCommit").orElse(null));
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          Answers.commit(json, outcome);
          json.writeEndObject();
        });
  }
}
