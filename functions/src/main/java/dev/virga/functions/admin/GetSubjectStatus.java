package dev.virga.functions.admin;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.AtUri;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.moderation.Decisions;
import dev.virga.pds.moderation.Subject;
import dev.virga.pds.moderation.SubjectStatus;
import java.util.Optional;

/** {@code com.atproto.admin.getSubjectStatus}: whether an account, record or blob is taken down. */
public final class GetSubjectStatus implements XrpcHandler {
  private final Subjects subjects;
  private final Decisions decisions;

  public GetSubjectStatus(Accounts accounts, Decisions decisions) {
    this.subjects = new Subjects(accounts);
    this.decisions = decisions;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.getSubjectStatus", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Subject subject = subject(request);
    SubjectStatus status = decisions.status(subject);
    Value.Builder answer =
        Value.Obj.builder()
            .put("subject", reference(request, subject, status))
            .put("takedown", applied(status.takedown().isPresent(), status.takedown()));
    status
        .deactivated()
        .ifPresent(off -> answer.put("deactivated", applied(off, Optional.empty())));
    return HttpResponse.json(answer.build());
  }

  private Subject subject(XrpcRequest request) {
    Optional<Did> did = request.param("did").map(Did::parse);
    Optional<Cid> blob = request.param("blob").map(Cid::parse);
    Optional<AtUri> uri = request.param("uri").map(AtUri::parse);
    if (blob.isPresent()) {
      return did.map(owner -> new Subject.OfBlob(owner, blob.get()))
          .orElseThrow(
              () -> XrpcException.invalidRequest("Must provide a did to request blob state"));
    }
    if (uri.isPresent()) {
      return subjects.record(uri.get());
    }
    return did.map(Subject.OfAccount::new)
        .orElseThrow(() -> XrpcException.invalidRequest("No provided subject"));
  }

  private static Value reference(XrpcRequest request, Subject subject, SubjectStatus status) {
    Value.Builder reference = Value.Obj.builder();
    switch (subject) {
      case Subject.OfAccount(var did) ->
          reference.put("$type", Subjects.REPO).put("did", did.text());
      case Subject.OfRecord _ ->
          reference
              .put("$type", Subjects.RECORD)
              .put("uri", request.requireParam("uri"))
              .put("cid", status.cid().orElseThrow().toString());
      case Subject.OfBlob(var did, var cid) ->
          reference.put("$type", Subjects.BLOB).put("did", did.text()).put("cid", cid.toString());
    }
    return reference.build();
  }

  private static Value applied(boolean applied, Optional<String> ref) {
    Value.Builder attribute = Value.Obj.builder().put("applied", applied);
    ref.ifPresent(text -> attribute.put("ref", text));
    return attribute.build();
  }
}
