package dev.virga.functions.admin;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.AccountDeletion;
import dev.virga.pds.account.Accounts;

/** {@code com.atproto.admin.deleteAccount}: deletes an account and all it has. */
public final class DeleteAccount implements XrpcHandler {
  private final AccountLookup lookup;
  private final AccountDeletion deletion;

  public DeleteAccount(Accounts accounts, AccountDeletion deletion) {
    this.lookup = new AccountLookup(accounts);
    this.deletion = deletion;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.deleteAccount", new Access.Admin());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    deletion.delete(lookup.require(request.requireField("did")).did());
    return HttpResponse.empty();
  }
}
