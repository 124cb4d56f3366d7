package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.auth.AppPasswords;
import java.util.List;

/** Lists the app passwords of an account, without their secrets. */
public final class ListAppPasswords implements XrpcHandler {
  private final Accounts accounts;
  private final AppPasswords passwords;

  public ListAppPasswords(Accounts accounts, AppPasswords passwords) {
    this.accounts = accounts;
    this.passwords = passwords;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.listAppPasswords", Access.account(Access.Level.STANDARD));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    accounts.requireUnbarred(request.account());
    List<Value> listed =
        passwords.list(request.account()).stream()
            .<Value>map(password -> AppPasswordAnswers.of(password).build())
            .toList();
    return HttpResponse.json(Value.Obj.builder().put("passwords", new Value.Array(listed)).build());
  }
}
