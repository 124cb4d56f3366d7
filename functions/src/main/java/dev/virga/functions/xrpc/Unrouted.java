package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.XrpcException;
import java.io.IOException;
import java.util.Set;

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

  /**
   * The same, but methods that another process of this server answers are not taken: a client that
   * wrote the path in another way than routes know ({@code /xrpc/method/}) is sent to the usual
   * one.
   */
  default Unrouted except(Set<Nsid> elsewhere) {
    return (method, request) -> {
      if (!elsewhere.contains(method)) {
        return handle(method, request);
      }
      String path = XrpcDispatcher.PREFIX + method;
      if (request.path().equals(path)) {
        throw new XrpcException(
            501, "MethodNotImplemented", method + " is not routed to the function that answers it");
      }
      String query = request.rawQuery().isEmpty() ? "" : "?" + request.rawQuery();
      return HttpResponse.empty().withStatus(308).withHeader("Location", path + query);
    };
  }
}
