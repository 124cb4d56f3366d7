package dev.virga.functions.identity;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.identity.HandleResolver;

/** Says which DID goes by a handle, here or elsewhere. */
public final class ResolveHandle implements XrpcHandler {
  private final HandleResolver resolver;

  public ResolveHandle(HandleResolver resolver) {
    this.resolver = resolver;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.identity.resolveHandle", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Did did =
        resolver
            .resolve(Handle.parse(request.requireParam("handle")))
            .orElseThrow(
                () -> XrpcException.badRequest("HandleNotFound", "Unable to resolve handle"));
    return HttpResponse.json(Value.Obj.builder().put("did", did.text()).build());
  }
}
