package dev.virga.functions.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.Value;
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

/** {@code com.atproto.repo.putRecord}: makes a record or replaces it. */
public final class PutRecord implements XrpcHandler {
  private final OwnRepo own;
  private final NewRecords records;
  private final RepoWriter writer;

  public PutRecord(HostedRepos repos, NewRecords records, RepoWriter writer) {
    this.own = new OwnRepo(repos);
    this.records = records;
    this.writer = writer;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
            "com.atproto.repo.putRecord",
            Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED))
        .bodyLimit(Endpoint.RECORDS_LIMIT);
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = own.of(request);
    Nsid collection = Nsid.parse(request.requireField("collection"));
    RecordKey rkey = RecordKey.parse(request.requireField("rkey"));
    RepoPath path = new RepoPath(collection, rkey);
    RecordPreparer.Checked checked =
        records.prepare(path, request.input(), "record", request.flagField("validate"));
    WriteOutcome outcome =
        writer.write(
            did,
            List.of(new RecordIntent.Put(path, checked.record(), swap(request))),
            OwnRepo.cid(request, "swapCommit").orElse(null));
    return Answers.written(did, path, checked, outcome);
  }

  /** A {@code swapRecord} of null is a demand too: that there be nothing. */
  private static RecordIntent.Swap swap(XrpcRequest request) {
    return switch (request.input().get("swapRecord").orElse(null)) {
      case null -> RecordIntent.Swap.ANY;
      case Value.Text(String cid) -> new RecordIntent.Swap.Exactly(Cid.parse(cid));
      default -> new RecordIntent.Swap.Nothing();
    };
  }
}
