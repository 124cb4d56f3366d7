package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.moderation.Decision;
import dev.virga.pds.moderation.Decisions;
import java.util.Optional;

/**
 * {@code com.atproto.admin.updateSubjectStatus}: takes accounts, records and blobs down and gives
 * them back, and switches accounts off and on.
 */
public final class UpdateSubjectStatus implements XrpcHandler {
  private final Subjects subjects;
  private final Decisions decisions;

  public UpdateSubjectStatus(Accounts accounts, Decisions decisions) {
    this.subjects = new Subjects(accounts);
    this.decisions = decisions;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.updateSubjectStatus", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Value.Obj named = request.input().obj("subject").orElseThrow();
    Optional<Value.Obj> takedown = request.input().obj("takedown");
    Optional<Value.Obj> deactivated = request.input().obj("deactivated");
    Decision decision =
        new Decision(
            takedown.flatMap(attribute -> attribute.bool("applied")),
            takedown.flatMap(attribute -> attribute.text("ref")),
            deactivated.flatMap(attribute -> attribute.bool("applied")));
    decisions.carryOut(subjects.parse(named), decision);
    Value.Builder answer = Value.Obj.builder().put("subject", named);
    takedown.ifPresent(attribute -> answer.put("takedown", attribute));
    return HttpResponse.json(answer.build());
  }
}
