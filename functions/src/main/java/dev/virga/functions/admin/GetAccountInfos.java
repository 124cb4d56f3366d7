package dev.virga.functions.admin;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Accounts;
import java.util.List;

/**
 * {@code com.atproto.admin.getAccountInfos}: what is known of some accounts, unknown ones left out.
 */
public final class GetAccountInfos implements XrpcHandler {
  /** The length of a URL allows for few more; each costs some reads. */
  private static final int MAX_ACCOUNTS = 200;

  private final Accounts accounts;
  private final AccountViews views;

  public GetAccountInfos(Accounts accounts, AccountViews views) {
    this.accounts = accounts;
    this.views = views;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.admin.getAccountInfos", new Access.Moderator());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    List<String> dids = request.listParam("dids");
    if (dids.size() > MAX_ACCOUNTS) {
      throw XrpcException.invalidRequest("dids has at most " + MAX_ACCOUNTS + " accounts");
    }
    List<Value> infos =
        dids.stream()
            .distinct()
            .map(Did::parse)
            .flatMap(did -> accounts.find(did).stream())
            .map(views::of)
            .toList();
    return HttpResponse.json(Value.Obj.builder().put("infos", new Value.Array(infos)).build());
  }
}
