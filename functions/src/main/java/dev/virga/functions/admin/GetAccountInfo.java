package dev.virga.functions.admin;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;

/** {@code com.atproto.admin.getAccountInfo}: what is known of an account. */
public final class GetAccountInfo implements XrpcHandler {
  private final AccountLookup lookup;
  private final AccountViews views;

  public GetAccountInfo(Accounts accounts, AccountViews views) {
    this.lookup = new AccountLookup(accounts);
    this.views = views;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.getAccountInfo", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    return HttpResponse.json(views.of(lookup.require(request.requireParam("did"))));
  }
}
