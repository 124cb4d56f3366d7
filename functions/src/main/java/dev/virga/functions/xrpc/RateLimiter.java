package dev.virga.functions.xrpc;

import java.util.Map;

/** Counts requests against limits, for {@link XrpcDispatcher}. */
@FunctionalInterface
public interface RateLimiter {
  /** Lets everything pass. */
  RateLimiter NONE = (endpoint, request) -> Map.of();

  /**
   * Counts one request, whose JSON was validated and whose bytes were not yet read.
   *
   * @return headers for the answer that say what is left
   * @throws dev.virga.pds.XrpcException 429 RateLimitExceeded if nothing is left
   */
  Map<String, String> admit(Endpoint endpoint, XrpcRequest request);
}
