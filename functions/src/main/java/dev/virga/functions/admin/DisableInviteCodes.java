package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.InviteCodes;
import java.util.List;

/**
 * {@code com.atproto.admin.disableInviteCodes}: makes codes unusable, by themselves or by whose
 * they are.
 */
public final class DisableInviteCodes implements XrpcHandler {
  private final InviteCodes invites;

  public DisableInviteCodes(InviteCodes invites) {
    this.invites = invites;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.disableInviteCodes", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    List<String> holders = texts(request, "accounts");
    if (holders.contains(InviteCodes.ADMIN)) {
      throw XrpcException.invalidRequest("cannot disable admin invite codes");
    }
    List<Did> accounts = holders.stream().map(Did::parse).toList();
    texts(request, "codes").forEach(invites::disable);
    for (Did account : accounts) {
      invites.of(account.text()).forEach(code -> invites.disable(code.code()));
    }
    return HttpResponse.empty();
  }

  private static List<String> texts(XrpcRequest request, String field) {
    return request.input().array(field).orElse(List.of()).stream()
        .map(value -> ((Value.Text) value).value())
        .distinct()
        .toList();
  }
}
