package dev.virga.functions.server;

import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.account.ReservedKeys;

/** Makes a signing key for an account that will move here. */
public final class ReserveSigningKey implements XrpcHandler {
  private final ReservedKeys keys;

  public ReserveSigningKey(ReservedKeys keys) {
    this.keys = keys;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.reserveSigningKey", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    PublicKey key =
        request.field("did").map(Did::parse).map(keys::reserve).orElseGet(keys::reserve);
    return HttpResponse.json(Value.Obj.builder().put("signingKey", key.didKey()).build());
  }
}
