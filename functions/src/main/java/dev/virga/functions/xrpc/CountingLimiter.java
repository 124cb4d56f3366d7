package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.limit.Allowance;
import dev.virga.pds.limit.Counters;
import dev.virga.pds.limit.Limit;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds requests to the table of {@link Limits}.
 *
 * <p>The limits per address are looked at first, before a token or a body costs anything; those of
 * a method once it is known what is asked, and by whom. A request that is refused by its second
 * limit has used up its first.
 */
public final class CountingLimiter implements RateLimiter {
  private final Counters counters;
  private final InstantSource clock;
  private final Bypass bypass;

  public CountingLimiter(Counters counters, InstantSource clock, PdsConfig.RateLimits config) {
    this.counters = counters;
    this.clock = clock;
    this.bypass = new Bypass(config);
  }

  @Override
  public RateLimiter.Visit arrive(Nsid method, HttpRequest request) {
    if (bypass.covers(request)) {
      return RateLimiter.Visit.FREE;
    }
    Visit visit = new Visit(Callers.network(request.remoteAddress()));
    visit.take(
        method.equals(Limits.GET_REPO) ? Limits.WHOLE_REPOS : Limits.EVERYTHING, visit.network, 1);
    return visit;
  }

  /** A request and what its limits said so far. */
  private final class Visit implements RateLimiter.Visit {
    private final String network;
    private @Nullable Allowance tightest;

    Visit(String network) {
      this.network = network;
    }

    @Override
    public void admit(Endpoint endpoint, XrpcRequest request) {
      for (Limits.Rule rule : Limits.of(endpoint.nsid())) {
        take(rule.limit(), subject(rule.subject(), request), rule.cost().applyAsLong(request));
      }
    }

    private String subject(Limits.Subject subject, XrpcRequest request) {
      return switch (subject) {
        case ADDRESS -> network;
        case ACCOUNT -> request.account().text();
        case IDENTIFIER_AND_ADDRESS ->
            Callers.hidden(request.requireField("identifier")) + "#" + network;
      };
    }

    void take(Limit limit, String subject, long points) {
      Allowance allowance = counters.take(limit, subject, points);
      if (!allowance.granted()) {
        throw exceeded(allowance);
      }
      if (tightest == null || allowance.remaining() < tightest.remaining()) {
        tightest = allowance;
      }
    }

    private XrpcException exceeded(Allowance allowance) {
      tightest = allowance;
      Map<String, String> headers = new HashMap<>(headers());
      long seconds = allowance.reset().getEpochSecond() - clock.instant().getEpochSecond();
      headers.put("Retry-After", String.valueOf(Math.max(1, seconds)));
      return new XrpcException(429, "RateLimitExceeded", "Rate Limit Exceeded", headers);
    }

    @Override
    public Map<String, String> headers() {
      if (tightest == null) {
        return Map.of();
      }
      Limit limit = tightest.limit();
      return Map.of(
          "RateLimit-Limit", String.valueOf(limit.points()),
          "RateLimit-Remaining", String.valueOf(tightest.remaining()),
          "RateLimit-Reset", String.valueOf(tightest.reset().getEpochSecond()),
          "RateLimit-Policy", limit.points() + ";w=" + limit.window().toSeconds());
    }
  }
}
