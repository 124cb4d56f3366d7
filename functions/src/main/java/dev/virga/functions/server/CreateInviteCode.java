package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.InviteCodes;

/** Makes one invite code; for the operator. */
public final class CreateInviteCode implements XrpcHandler {
  private final InviteCodes invites;

  public CreateInviteCode(InviteCodes invites) {
    this.invites = invites;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.createInviteCode", new Access.Admin());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    long uses = request.input().integer("useCount").orElseThrow();
    String holder = request.field("forAccount").orElse(InviteCodes.ADMIN);
    String code = invites.create(holder, InviteCodes.ADMIN, 1, InviteCounts.uses(uses)).getFirst();
    return HttpResponse.json(Value.Obj.builder().put("code", code).build());
  }
}
