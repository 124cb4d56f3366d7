package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.Sessions;

/** Signs out: ends the session of a refresh token, even one past its time. */
public final class DeleteSession implements XrpcHandler {
  private final Sessions sessions;

  public DeleteSession(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of("com.atproto.server.deleteSession", new Access.RefreshToken(true));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    if (request.credentials() instanceof Credentials.Refresh refresh) {
      sessions.end(refresh.did(), refresh.tokenId());
    }
    return HttpResponse.empty();
  }
}
