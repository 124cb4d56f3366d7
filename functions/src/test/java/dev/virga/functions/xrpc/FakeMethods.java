package dev.virga.functions.xrpc;

import dev.virga.atproto.lexicon.Lexicons;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.functions.http.HttpResponse;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.SessionScope;
import java.io.IOException;
import java.util.List;

/**
 * Handlers of some real methods, of each kind, that all answer the same and note their requests.
 */
record FakeMethods(FakeMethods.Answer answer, List<XrpcRequest> seen) {
  static final Did ALICE = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  static final int BLOB_LIMIT = 1000;

  interface Answer {
    HttpResponse to(XrpcRequest request) throws IOException;
  }

  XrpcDispatcher dispatcher() {
    return dispatcher(RateLimiter.NONE);
  }

  XrpcDispatcher dispatcher(RateLimiter limiter) {
    Access account = Access.account(Access.Level.STANDARD);
    return new XrpcDispatcher(
        List.of(
            handler(Endpoint.of("com.atproto.repo.listRecords", Access.open())),
            handler(Endpoint.of("com.atproto.server.createSession", Access.open())),
            handler(Endpoint.of("com.atproto.server.getSession", account)),
            handler(Endpoint.of("com.atproto.server.deleteSession", account)),
            handler(Endpoint.of("com.atproto.repo.uploadBlob", account).bodyLimit(BLOB_LIMIT))),
        Lexicons.bundled(),
        FakeMethods::authenticate,
        limiter,
        Unrouted.refusing(FakeMethods::authenticate));
  }

  XrpcHandler handler(Endpoint endpoint) {
    return new XrpcHandler() {
      @Override
      public Endpoint endpoint() {
        return endpoint;
      }

      @Override
      public HttpResponse handle(XrpcRequest request) throws IOException {
        seen.add(request);
        return answer.to(request);
      }
    };
  }

  /** Takes any authorization for Alice's. */
  static Credentials authenticate(Access access, Nsid method, HttpRequest request) {
    if (access instanceof Access.Open) {
      return Credentials.ANONYMOUS;
    }
    if (request.header("authorization").isEmpty()) {
      throw XrpcException.unauthorized("AuthMissing", "Authentication Required");
    }
    return new Credentials.Session(ALICE, SessionScope.ACCESS);
  }
}
