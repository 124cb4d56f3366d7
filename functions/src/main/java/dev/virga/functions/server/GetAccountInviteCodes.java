package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.EarnedInvites;
import dev.virga.pds.account.InviteCodes;
import java.util.Comparator;
import java.util.List;

/** Shows an account the invite codes that it may give away, and makes those it has earned. */
public final class GetAccountInviteCodes implements XrpcHandler {
  private final Accounts accounts;
  private final InviteCodes invites;
  private final EarnedInvites earned;

  public GetAccountInviteCodes(Accounts accounts, InviteCodes invites, EarnedInvites earned) {
    this.accounts = accounts;
    this.invites = invites;
    this.earned = earned;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.getAccountInviteCodes", Access.account(Access.Level.FULL));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.requireUnbarred(request.account());
    if (request.flagParam("createAvailable")) {
      earned.claim(account);
    }
    boolean includeUsed = request.flagParam("includeUsed");
    List<InviteCodes.Code> codes =
        invites.of(account.did().text()).stream()
            .filter(code -> !code.disabled() && (includeUsed || code.left() > 0))
            .sorted(
                Comparator.comparing(InviteCodes.Code::createdAt)
                    .thenComparing(InviteCodes.Code::code))
            .toList();
    return HttpResponse.json(Value.Obj.builder().put("codes", InviteViews.of(codes)).build());
  }
}
