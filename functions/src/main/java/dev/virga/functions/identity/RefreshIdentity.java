package dev.virga.functions.identity;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;

/** Finds an identity anew, whatever is remembered of it. */
public final class RefreshIdentity implements XrpcHandler {
  private final Identities identities;

  public RefreshIdentity(Identities identities) {
    this.identities = identities;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.identity.refreshIdentity",
        Access.account(Access.Level.STANDARD).oauth(Access.OAuth.ANY));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    AtIdentifier identifier = AtIdentifier.parse(request.requireField("identifier"));
    return HttpResponse.json(identities.find(identifier, true));
  }
}
