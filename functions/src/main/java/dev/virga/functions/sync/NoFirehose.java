package dev.virga.functions.sync;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;

/**
 * {@code com.atproto.sync.subscribeRepos} where nobody holds sockets, as in a function: says so,
 * instead of asking for an upgrade that would lead nowhere.
 */
public final class NoFirehose implements XrpcHandler {
  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.sync.subscribeRepos", Access.open());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    throw new XrpcException(501, "MethodNotImplemented", "There is no firehose host here");
  }
}
