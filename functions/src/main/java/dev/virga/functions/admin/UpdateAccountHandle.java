package dev.virga.functions.admin;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.HandleChanges;
import dev.virga.pds.account.HandlePolicy;

/**
 * {@code com.atproto.admin.updateAccountHandle}: gives an account any handle that is free, beyond
 * the rules for its owner.
 */
public final class UpdateAccountHandle implements XrpcHandler {
  private final AccountLookup lookup;
  private final HandleChanges handles;

  public UpdateAccountHandle(Accounts accounts, HandleChanges handles) {
    this.lookup = new AccountLookup(accounts);
    this.handles = handles;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.updateAccountHandle", new Access.Admin());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = lookup.require(request.requireField("did"));
    handles.change(account.did(), HandlePolicy.parse(request.requireField("handle")));
    return HttpResponse.empty();
  }
}
