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
import dev.virga.pds.repo.RecordPreparer;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.repo.WriteOutcome;
import java.util.List;

/** {@code com.atproto.repo.createRecord}: makes one record. */
public final class CreateRecord implements XrpcHandler {
  private final OwnRepo own;
  private final NewRecords records;
  private final RepoWriter writer;

  public CreateRecord(HostedRepos repos, NewRecords records, RepoWriter writer) {
    this.own = new OwnRepo(repos);
    this.records = records;
    this.writer = writer;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
            "com.atproto.repo.createRecord",
            Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED))
        .bodyLimit(Endpoint.RECORDS_LIMIT);
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = own.of(request);
    Nsid collection = Nsid.parse(request.requireField("collection"));
    RecordKey rkey = records.keyOrNew(collection, request.field("rkey"));
    RepoPath path = new RepoPath(collection, rkey);
    RecordPreparer.Checked checked =
        records.prepare(path, request.input(), "record", request.flagField("validate"));
    WriteOutcome outcome =
        writer.write(
            did,
            List.of(new RecordIntent.Create(path, checked.record(), checked.status().isPresent())),
            OwnRepo.cid(request, "swapCommit").orElse(null));
    return Answers.written(did, path, checked, outcome);
  }
}
