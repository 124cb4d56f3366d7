package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.auth.Credentials;

/** Finds out who sends a request, for {@link XrpcDispatcher}. */
@FunctionalInterface
public interface Authenticator {
  /**
   * The credentials of a request, as far as the access asks for them.
   *
   * @param method what is called, which service tokens are bound to
   * @throws dev.virga.pds.XrpcException if they are missing, bad, or not good enough
   */
  Credentials authenticate(Access access, Nsid method, HttpRequest request);
}
