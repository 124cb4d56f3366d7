package dev.virga.functions.moderation;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.Account;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.moderation.Reports;

/** {@code com.atproto.moderation.createReport}: passes a report on to who decides about it. */
public final class CreateReport implements XrpcHandler {
  private final Accounts accounts;
  private final Reports reports;

  public CreateReport(Accounts accounts, Reports reports) {
    this.accounts = accounts;
    this.reports = reports;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.moderation.createReport",
        Access.account(Access.Level.STANDARD).takendownToo().oauth(Access.OAuth.SCOPED));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Account account = accounts.require(request.account());
    return HttpResponse.json(
        reports.send(account.did(), request.input(), request.http().header("atproto-proxy")));
  }
}
