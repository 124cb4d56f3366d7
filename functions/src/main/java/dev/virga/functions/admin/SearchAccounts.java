package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.AccountSearch;
import java.util.List;

/** {@code com.atproto.admin.searchAccounts}: accounts by their e-mail address, or a part of it. */
public final class SearchAccounts implements XrpcHandler {
  private final AccountSearch search;
  private final AccountViews views;

  public SearchAccounts(AccountSearch search, AccountViews views) {
    this.search = search;
    this.views = views;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.searchAccounts", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    AccountSearch.Found found =
        search.byEmail(
            request.param("email").orElse(""), request.param("cursor"), request.intParam("limit"));
    List<Value> accounts = found.accounts().stream().map(views::of).toList();
    Value.Builder answer = Value.Obj.builder().put("accounts", new Value.Array(accounts));
    found.cursor().ifPresent(cursor -> answer.put("cursor", cursor));
    return HttpResponse.json(answer.build());
  }
}
