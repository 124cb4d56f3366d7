package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.Admission;
import dev.virga.pds.account.MailProofs;

/**
 * Gives an account another e-mail address; by a token out of the mailbox of the one it has, if that
 * was confirmed.
 */
public final class UpdateEmail implements XrpcHandler {
  private final Accounts accounts;
  private final Admission admission;
  private final MailProofs proofs;

  public UpdateEmail(Accounts accounts, Admission admission, MailProofs proofs) {
    this.accounts = accounts;
    this.admission = admission;
    this.proofs = proofs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.updateEmail", Access.account(Access.Level.FULL));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    accounts.requireUnbarred(request.account());
    proofs.updateEmail(
        request.account(),
        admission.acceptEmail(request.requireField("email")),
        request.field("token").orElse(null));
    return HttpResponse.empty();
  }
}
