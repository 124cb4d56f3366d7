package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.MailProofs;

/** Notes that an account's e-mail address is its owner's, by the token that was mailed to it. */
public final class ConfirmEmail implements XrpcHandler {
  private final Accounts accounts;
  private final MailProofs proofs;

  public ConfirmEmail(Accounts accounts, MailProofs proofs) {
    this.accounts = accounts;
    this.proofs = proofs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.confirmEmail",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    accounts.requireUnbarred(request.account());
    proofs.confirmEmail(
        request.account(), request.requireField("email"), request.requireField("token"));
    return HttpResponse.empty();
  }
}
