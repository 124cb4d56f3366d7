package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.TokenMails;

/** Mails an account the token that confirms its address. */
public final class RequestEmailConfirmation implements XrpcHandler {
  private final Accounts accounts;
  private final TokenMails mails;

  public RequestEmailConfirmation(Accounts accounts, TokenMails mails) {
    this.accounts = accounts;
    this.mails = mails;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.requestEmailConfirmation",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    mails.send(accounts.requireUnbarred(request.account()), MailTokens.Purpose.CONFIRM_EMAIL);
    return HttpResponse.empty();
  }
}
