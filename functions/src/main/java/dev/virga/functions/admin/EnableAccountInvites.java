package dev.virga.functions.admin;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.AccountChanges;
import dev.virga.pds.account.Accounts;

/** {@code com.atproto.admin.enableAccountInvites}: lets an account hand out invite codes again. */
public final class EnableAccountInvites implements XrpcHandler {
  private final AccountLookup lookup;
  private final AccountChanges changes;

  public EnableAccountInvites(Accounts accounts, AccountChanges changes) {
    this.lookup = new AccountLookup(accounts);
    this.changes = changes;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.enableAccountInvites", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = lookup.require(request.requireField("account"));
    changes.change(account.did(), before -> before.withInvitesDisabled(false));
    return HttpResponse.empty();
  }
}
