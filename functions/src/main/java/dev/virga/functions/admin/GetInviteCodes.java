package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.server.InviteViews;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.InviteCodes;

/**
 * {@code com.atproto.admin.getInviteCodes}: all invite codes, the newest or the most used first.
 */
public final class GetInviteCodes implements XrpcHandler {
  private final InviteCodes invites;

  public GetInviteCodes(InviteCodes invites) {
    this.invites = invites;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.getInviteCodes", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    InviteCodes.Listing found =
        invites.list(
            order(request.requireParam("sort")),
            request.intParam("limit"),
            request.param("cursor"));
    Value.Builder answer = Value.Obj.builder().put("codes", InviteViews.of(found.codes()));
    found.cursor().ifPresent(cursor -> answer.put("cursor", cursor));
    return HttpResponse.json(answer.build());
  }

  private static InviteCodes.Order order(String sort) {
    return switch (sort) {
      case "recent" -> InviteCodes.Order.RECENT;
      case "usage" -> InviteCodes.Order.USAGE;
      default -> throw XrpcException.invalidRequest("unknown sort method: " + sort);
    };
  }
}
