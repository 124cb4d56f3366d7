package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;

/** Says whose session this is. */
public final class GetSession implements XrpcHandler {
  private final Accounts accounts;
  private final SessionAnswers answers;

  public GetSession(Accounts accounts, SessionAnswers answers) {
    this.accounts = accounts;
    this.answers = answers;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.getSession",
        Access.account(Access.Level.STANDARD).signupQueuedToo().oauth(Access.OAuth.ANY));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.requireUnbarred(request.account());
    return HttpResponse.json(answers.account(account).build());
  }
}
