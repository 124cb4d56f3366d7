package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.DidChecks;

/** Switches an account on, once its DID says that it lives here. */
public final class ActivateAccount implements XrpcHandler {
  private final Accounts accounts;
  private final DidChecks checks;
  private final AccountChanges changes;

  public ActivateAccount(Accounts accounts, DidChecks checks, AccountChanges changes) {
    this.accounts = accounts;
    this.checks = checks;
    this.changes = changes;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.activateAccount", Access.account(Access.Level.FULL));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    accounts.requireUnbarred(request.account());
    checks.requireValid(request.account());
    changes.activate(request.account());
    return HttpResponse.empty();
  }
}
