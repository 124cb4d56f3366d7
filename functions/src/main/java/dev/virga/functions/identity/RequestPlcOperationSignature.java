package dev.virga.functions.identity;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.TokenMails;

/** Mails an account the token for which an operation on its DID is signed. */
public final class RequestPlcOperationSignature implements XrpcHandler {
  private final Accounts accounts;
  private final TokenMails mails;

  public RequestPlcOperationSignature(Accounts accounts, TokenMails mails) {
    this.accounts = accounts;
    this.mails = mails;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.identity.requestPlcOperationSignature",
        Access.account(Access.Level.FULL).takendownToo().oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    mails.send(accounts.require(request.account()), MailTokens.Purpose.PLC_OPERATION);
    return HttpResponse.empty();
  }
}
