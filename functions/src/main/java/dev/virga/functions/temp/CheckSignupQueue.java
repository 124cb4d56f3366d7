package dev.virga.functions.temp;

import dev.virga.atproto.data.Value;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;

/** {@code com.atproto.temp.checkSignupQueue}: there is no queue here, so nobody waits in it. */
public final class CheckSignupQueue implements XrpcHandler {
  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.temp.checkSignupQueue",
        Access.account(Access.Level.STANDARD).signupQueuedToo());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    return HttpResponse.json(Value.Obj.builder().put("activated", true).build());
  }
}
