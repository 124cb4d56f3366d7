package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.XrpcException;
import java.io.IOException;

/** Takes the requests whose method has no handler here: the place of the service proxy. */
@FunctionalInterface
public interface Unrouted {
  HttpResponse handle(Nsid method, HttpRequest request) throws IOException;

  /** Refuses: strangers with 401, for they would not be proxied, and accounts with 501. */
  static Unrouted refusing(Authenticator authenticator) {
    Access access = Access.account(Access.Level.STANDARD).takendownToo().oauth(Access.OAuth.SCOPED);
    return (method, request) -> {
      authenticator.authenticate(access, method, request);
      throw new XrpcException(501, "MethodNotImplemented", "Method Not Implemented");
    };
  }
}
