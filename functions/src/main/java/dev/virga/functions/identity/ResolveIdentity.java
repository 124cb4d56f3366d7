package dev.virga.functions.identity;

import dev.virga.atproto.syntax.AtIdentifier;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;

/** Finds the DID, the document and the proved handle of an identifier. */
public final class ResolveIdentity implements XrpcHandler {
  private final Identities identities;

  public ResolveIdentity(Identities identities) {
    this.identities = identities;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.identity.resolveIdentity", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    AtIdentifier identifier = AtIdentifier.parse(request.requireParam("identifier"));
    return HttpResponse.json(identities.find(identifier, false));
  }
}
