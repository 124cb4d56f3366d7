package dev.virga.functions.identity;

import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.HandleChanges;
import dev.virga.pds.account.HandlePolicy;

/** Gives an account another handle. */
public final class UpdateHandle implements XrpcHandler {
  private final Accounts accounts;
  private final HandlePolicy policy;
  private final HandleChanges changes;

  public UpdateHandle(Accounts accounts, HandlePolicy policy, HandleChanges changes) {
    this.accounts = accounts;
    this.policy = policy;
    this.changes = changes;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.identity.updateHandle",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did = request.account();
    accounts.requireUnbarred(did);
    changes.change(did, policy.accept(request.requireField("handle"), did));
    return HttpResponse.empty();
  }
}
