package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.MailProofs;

/** Sets another password, by the token that was mailed to whoever forgot the old one. */
public final class ResetPassword implements XrpcHandler {
  private final MailProofs proofs;

  public ResetPassword(MailProofs proofs) {
    this.proofs = proofs;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.resetPassword", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    proofs.resetPassword(request.requireField("token"), request.requireField("password"));
    return HttpResponse.empty();
  }
}
