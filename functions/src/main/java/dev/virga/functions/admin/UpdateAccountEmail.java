package dev.virga.functions.admin;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.EmailAddress;
import dev.virga.pds.account.EmailChanges;

/**
 * {@code com.atproto.admin.updateAccountEmail}: gives an account another e-mail address,
 * unconfirmed.
 */
public final class UpdateAccountEmail implements XrpcHandler {
  private final AccountLookup lookup;
  private final EmailChanges emails;

  public UpdateAccountEmail(Accounts accounts, EmailChanges emails) {
    this.lookup = new AccountLookup(accounts);
    this.emails = emails;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.updateAccountEmail", new Access.Admin());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = lookup.require(request.requireField("account"));
    emails.change(account.did(), EmailAddress.parse(request.requireField("email")));
    return HttpResponse.empty();
  }
}
