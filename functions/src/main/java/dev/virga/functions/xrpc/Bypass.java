package dev.virga.functions.xrpc;

import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.config.PdsConfig;
import dev.virga.pds.config.Secret;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/** Tells requests that no limit is for: of those who know a key, and from some addresses. */
final class Bypass {
  private static final String HEADER = "x-ratelimit-bypass";

  private final Optional<Secret> key;
  private final Set<InetAddress> addresses;

  Bypass(PdsConfig.RateLimits config) {
    this.key = config.bypassKey();
    this.addresses = Set.copyOf(config.bypassIps());
  }

  boolean covers(HttpRequest request) {
    Optional<String> given = request.header(HEADER);
    return (key.isPresent() && given.isPresent() && key.get().matches(given.get()))
        || (!addresses.isEmpty()
            && Callers.address(request.remoteAddress()).filter(addresses::contains).isPresent());
  }
}
