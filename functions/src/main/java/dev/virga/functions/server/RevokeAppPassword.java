package dev.virga.functions.server;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.auth.AppPasswords;

/** Takes an app password back and ends its sessions. */
public final class RevokeAppPassword implements XrpcHandler {
  private final AppPasswords passwords;

  public RevokeAppPassword(AppPasswords passwords) {
    this.passwords = passwords;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.revokeAppPassword", Access.account(Access.Level.STANDARD));
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    passwords.revoke(request.account(), request.requireField("name"));
    return HttpResponse.empty();
  }
}
