package dev.virga.functions.actor;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.actor.Preferences;

/** {@code app.bsky.actor.putPreferences}: replaces the preferences of an account. */
public final class PutPreferences implements XrpcHandler {
  private final Accounts accounts;
  private final Preferences preferences;

  public PutPreferences(Accounts accounts, Preferences preferences) {
    this.accounts = accounts;
    this.preferences = preferences;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "app.bsky.actor.putPreferences",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.requireUnbarred(request.account());
    preferences.put(
        account.did(),
        request.input().array("preferences").orElseThrow(),
        GetPreferences.isFull(request.credentials()));
    return HttpResponse.empty();
  }
}
