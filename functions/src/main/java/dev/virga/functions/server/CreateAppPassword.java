package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.auth.AppPasswords;

/** Makes a password for one application. */
public final class CreateAppPassword implements XrpcHandler {
  private final Accounts accounts;
  private final AppPasswords passwords;

  public CreateAppPassword(Accounts accounts, AppPasswords passwords) {
    this.accounts = accounts;
    this.passwords = passwords;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.createAppPassword", Access.account(Access.Level.FULL));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    accounts.requireUnbarred(request.account());
    AppPasswords.Created made =
        passwords.create(
            request.account(),
            request.requireField("name"),
            request.flagField("privileged").orElse(false));
    return HttpResponse.json(
        AppPasswordAnswers.of(made.appPassword()).put("password", made.secret()).build());
  }
}
