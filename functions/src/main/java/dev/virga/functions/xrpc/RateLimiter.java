package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import java.util.Map;

/** Counts requests against limits, for {@link XrpcDispatcher}. */
@FunctionalInterface
public interface RateLimiter {
  /** Lets everything pass. */
  RateLimiter NONE = (method, request) -> Visit.FREE;

  /**
   * Counts a request for any method, ours or not, of which nothing else was looked at.
   *
   * @throws dev.virga.pds.XrpcException 429 RateLimitExceeded if nothing is left
   */
  Visit arrive(Nsid method, HttpRequest request);

  /** One request on its way through the limits. */
  interface Visit {
    /** A visit that nobody counts. */
    Visit FREE =
        new Visit() {
          @Override
          public void admit(Endpoint endpoint, XrpcRequest request) {}

          @Override
          public Map<String, String> headers() {
            return Map.of();
          }
        };

    /**
     * Counts the request against its method's own limits; its caller is known, its JSON was
     * validated, and its bytes were not yet read.
     *
     * @throws dev.virga.pds.XrpcException 429 RateLimitExceeded if nothing is left
     */
    void admit(Endpoint endpoint, XrpcRequest request);

    /** Headers for the answer, whichever it is, that say what is left of the tightest limit. */
    Map<String, String> headers();
  }
}
