package dev.virga.functions.admin;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.auth.Passwords;

/**
 * {@code com.atproto.admin.updateAccountPassword}: gives an account another password and ends its
 * sessions.
 */
public final class UpdateAccountPassword implements XrpcHandler {
  private final AccountLookup lookup;
  private final AccountChanges changes;
  private final Passwords passwords;

  public UpdateAccountPassword(Accounts accounts, AccountChanges changes, Passwords passwords) {
    this.lookup = new AccountLookup(accounts);
    this.changes = changes;
    this.passwords = passwords;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.updateAccountPassword", new Access.Admin());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = lookup.require(request.requireField("did"));
    String password = request.requireField("password");
    passwords.requireAcceptable(password);
    String hash = passwords.hash(password);
    changes.change(account.did(), before -> before.withPassword(hash));
    return HttpResponse.empty();
  }
}
