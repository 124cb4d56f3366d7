package dev.virga.functions.repo;

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
import dev.virga.pds.XrpcException;
import dev.virga.pds.repo.HostedRepos;
import dev.virga.pds.repo.RecordIntent;
import dev.virga.pds.repo.RecordPreparer;
import dev.virga.pds.repo.RepoWriter;
import dev.virga.pds.repo.WriteOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** {@code com.atproto.repo.applyWrites}: up to 200 changes in one commit, all or none. */
public final class ApplyWrites implements XrpcHandler {
  private static final String NSID = "com.atproto.repo.applyWrites";

  private final OwnRepo own;
  private final NewRecords records;
  private final RepoWriter writer;

  public ApplyWrites(HostedRepos repos, NewRecords records, RepoWriter writer) {
    this.own = new OwnRepo(repos);
    this.records = records;
    this.writer = writer;
  }

  /** One write of the request; {@code checked} is null for a deletion. */
  private record Step(
      RepoPath path,
      RecordIntent intent,
      String result,
      RecordPreparer.@Nullable Checked checked) {}

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(NSID, Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED))
        .bodyLimit(Endpoint.RECORDS_LIMIT);
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = own.of(request);
    List<Value> writes =
        request.input().get("writes").orElse(null) instanceof Value.Array(List<Value> items)
            ? items
            : List.of();
    if (writes.size() > RepoWriter.MAX_WRITES) {
      throw XrpcException.invalidRequest("Too many writes. Max: " + RepoWriter.MAX_WRITES);
    }
    List<Step> steps = new ArrayList<>(writes.size());
    for (Value write : writes) {
      steps.add(step((Value.Obj) write, request.flagField("validate")));
    }
    WriteOutcome outcome =
        writer.write(
            did,
            steps.stream().map(Step::intent).toList(),
            OwnRepo.cid(request, "swapCommit").orElse(null));
    return HttpResponse.json(
        json -> {
          json.writeStartObject();
          Answers.commit(json, outcome);
          json.writeArrayPropertyStart("results");
          steps.forEach(step -> writeResult(json, did, step));
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Step step(Value.Obj write, Optional<Boolean> validate) {
    Nsid collection = Nsid.parse(write.text("collection").orElseThrow());
    String type = write.text("$type").orElse("");
    switch (type) {
      case NSID + "#create" -> {
        RepoPath path = new RepoPath(collection, records.keyOrNew(collection, write.text("rkey")));
        RecordPreparer.Checked checked = records.prepare(path, write, "value", validate);
        // A batch says exactly what is to happen: nothing is removed that it does not name.
        return new Step(
            path, new RecordIntent.Create(path, checked.record(), false), "#createResult", checked);
      }
      case NSID + "#update" -> {
        RepoPath path = existing(collection, write);
        RecordPreparer.Checked checked = records.prepare(path, write, "value", validate);
        return new Step(
            path, new RecordIntent.Update(path, checked.record()), "#updateResult", checked);
      }
      case NSID + "#delete" -> {
        RepoPath path = existing(collection, write);
        return new Step(
            path,
            new RecordIntent.Delete(path, RecordIntent.Swap.ANY, true),
            "#deleteResult",
            null);
      }
      default -> throw XrpcException.invalidRequest("Action not supported: " + type);
    }
  }

  private static RepoPath existing(Nsid collection, Value.Obj write) {
    return new RepoPath(collection, RecordKey.parse(write.text("rkey").orElseThrow()));
  }

  private static void writeResult(JsonGenerator json, Did did, Step step) {
    json.writeStartObject();
    json.writeStringProperty("$type", NSID + step.result());
    RecordPreparer.Checked checked = step.checked();
    if (checked != null) {
      Answers.record(json, did, step.path(), checked);
    }
    json.writeEndObject();
  }
}
