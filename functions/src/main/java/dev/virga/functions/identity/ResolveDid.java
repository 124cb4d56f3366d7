package dev.virga.functions.identity;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.identity.DidDocument;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.identity.DidResolver;

/** Finds the document of a DID. */
public final class ResolveDid implements XrpcHandler {
  private final DidResolver dids;

  public ResolveDid(DidResolver dids) {
    this.dids = dids;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.identity.resolveDid", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    DidDocument document = Documents.require(dids, Did.parse(request.requireParam("did")), false);
    return HttpResponse.json(Value.Obj.builder().put("didDoc", document.toValue()).build());
  }
}
