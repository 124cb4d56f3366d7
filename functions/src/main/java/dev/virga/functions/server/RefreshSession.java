package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.Sessions;

/** Exchanges a refresh token for fresh tokens. */
public final class RefreshSession implements XrpcHandler {
  private final Accounts accounts;
  private final Sessions sessions;
  private final SessionAnswers answers;

  public RefreshSession(Accounts accounts, Sessions sessions, SessionAnswers answers) {
    this.accounts = accounts;
    this.sessions = sessions;
    this.answers = answers;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.refreshSession", new Access.RefreshToken(false));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.requireUnbarred(request.account());
    Sessions.Pair tokens = sessions.refresh((Credentials.Refresh) request.credentials());
    return HttpResponse.json(answers.session(account, tokens));
  }
}
