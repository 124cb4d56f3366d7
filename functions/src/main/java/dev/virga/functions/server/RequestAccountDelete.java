package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.TokenMails;

/** Mails an account the token that lets it be deleted. */
public final class RequestAccountDelete implements XrpcHandler {
  private final Accounts accounts;
  private final TokenMails mails;

  public RequestAccountDelete(Accounts accounts, TokenMails mails) {
    this.accounts = accounts;
    this.mails = mails;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.requestAccountDelete", Access.account(Access.Level.FULL));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    mails.send(accounts.requireUnbarred(request.account()), MailTokens.Purpose.DELETE_ACCOUNT);
    return HttpResponse.empty();
  }
}
