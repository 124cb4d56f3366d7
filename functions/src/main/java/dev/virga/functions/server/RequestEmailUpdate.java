package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.MailTokens;
import dev.virga.pds.account.TokenMails;

/** Mails an account the token that lets another address take the place of its confirmed one. */
public final class RequestEmailUpdate implements XrpcHandler {
  private final Accounts accounts;
  private final TokenMails mails;

  public RequestEmailUpdate(Accounts accounts, TokenMails mails) {
    this.accounts = accounts;
    this.mails = mails;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.requestEmailUpdate", Access.account(Access.Level.FULL));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.requireUnbarred(request.account());
    if (account.emailConfirmed()) {
      mails.send(account, MailTokens.Purpose.UPDATE_EMAIL);
    }
    return HttpResponse.json(
        Value.Obj.builder().put("tokenRequired", account.emailConfirmed()).build());
  }
}
