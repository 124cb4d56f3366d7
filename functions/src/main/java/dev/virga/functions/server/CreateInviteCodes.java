package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.InviteCodes;
import java.util.ArrayList;
import java.util.List;

/** Makes invite codes for several accounts; for the operator. */
public final class CreateInviteCodes implements XrpcHandler {
  private static final int MAX_ACCOUNTS = 100;

  private final InviteCodes invites;

  public CreateInviteCodes(InviteCodes invites) {
    this.invites = invites;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.createInviteCodes", new Access.Admin());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    int uses = InviteCounts.uses(request.input().integer("useCount").orElseThrow());
    int count = InviteCounts.codes(request.input().integer("codeCount").orElse(1));
    List<Value> made = new ArrayList<>();
    for (String holder : holders(request)) {
      List<Value> codes =
          invites.create(holder, InviteCodes.ADMIN, count, uses).stream().map(Value::of).toList();
      made.add(
          Value.Obj.builder().put("account", holder).put("codes", new Value.Array(codes)).build());
    }
    return HttpResponse.json(Value.Obj.builder().put("codes", new Value.Array(made)).build());
  }

  private static List<String> holders(XrpcRequest request) {
    List<String> accounts =
        request.input().array("forAccounts").orElse(List.of()).stream()
            .map(value -> ((Value.Text) value).value())
            .distinct()
            .toList();
    if (accounts.size() > MAX_ACCOUNTS) {
      throw XrpcException.invalidRequest("forAccounts has at most " + MAX_ACCOUNTS + " accounts");
    }
    return accounts.isEmpty() ? List.of(InviteCodes.ADMIN) : accounts;
  }
}
