package dev.virga.functions.server;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.Access;
import dev.virga.functions.xrpc.Endpoint;
import dev.virga.functions.xrpc.XrpcHandler;
import dev.virga.functions.xrpc.XrpcRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.Accounts;
import dev.virga.pds.account.SigningKeys;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.MethodRules;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionScope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes out a token with which an account may speak to another server. */
public final class GetServiceAuth implements XrpcHandler {
  private static final Duration DEFAULT_LIFE = Duration.ofMinutes(1);
  private static final Duration MAX_LIFE = Duration.ofHours(1);
  private static final Pattern FRAGMENT = Pattern.compile("[A-Za-z0-9._~-]{1,200}");

  private final Accounts accounts;
  private final SigningKeys keys;
  private final ServiceTokens tokens;
  private final InstantSource clock;

  public GetServiceAuth(
      Accounts accounts, SigningKeys keys, ServiceTokens tokens, InstantSource clock) {
    this.accounts = accounts;
    this.keys = keys;
    this.tokens = tokens;
    this.clock = clock;
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.of(
        "com.atproto.server.getServiceAuth", Access.account(Access.Level.STANDARD).takendownToo());
  }

  @Override
  public HttpResponse handle(XrpcRequest request) {
    Optional<Nsid> method = request.param("lxm").map(Nsid::parse);
    String audience = audience(request.requireParam("aud"));
    method.ifPresent(GetServiceAuth::requireUnprotected);
    requireEntitled(request, method);
    Instant expires = expiry(request, method);
    String token =
        tokens.issue(
            request.account(), keys.of(request.account()), audience, method.orElse(null), expires);
    return HttpResponse.json(Value.Obj.builder().put("token", token).build());
  }

  private static String audience(String text) {
    int hash = text.indexOf('#');
    try {
      Did did = Did.parse(hash < 0 ? text : text.substring(0, hash));
      boolean known = did.method().equals("plc") || did.method().equals("web");
      if (known && (hash < 0 || FRAGMENT.matcher(text.substring(hash + 1)).matches())) {
        return text;
      }
    } catch (SyntaxException e) {
      throw badAudience();
    }
    throw badAudience();
  }

  private static XrpcException badAudience() {
    return XrpcException.invalidRequest(
        "aud must be a did:plc or did:web, with or without #service");
  }

  private static void requireUnprotected(Nsid method) {
    if (MethodRules.isProtected(method)) {
      throw XrpcException.invalidRequest(
          "cannot request a service auth token for the following protected method: " + method);
    }
  }

  private void requireEntitled(XrpcRequest request, Optional<Nsid> method) {
    boolean leaving = method.map(MethodRules::isCreateAccount).orElse(false);
    boolean barred = accounts.require(request.account()).status().isBarred();
    SessionScope scope = ((Credentials.Session) request.credentials()).scope();
    if ((barred || scope == SessionScope.TAKENDOWN) && !leaving) {
      throw XrpcException.badRequest("InvalidToken", "Bad token scope");
    }
    if (scope == SessionScope.APP_PASSWORD && method.map(MethodRules::isPrivileged).orElse(false)) {
      throw XrpcException.invalidRequest(
          "insufficient access to request a service auth token for the following method: "
              + method.get());
    }
  }

  private Instant expiry(XrpcRequest request, Optional<Nsid> method) {
    Instant now = clock.instant();
    if (!request.params().has("exp")) {
      return now.plus(DEFAULT_LIFE);
    }
    long seconds = request.params().integer("exp").orElseThrow();
    long life = seconds - now.getEpochSecond();
    if (seconds < 0 || life < 0) {
      throw XrpcException.badRequest("BadExpiration", "expiration is in past");
    }
    if (life > MAX_LIFE.toSeconds()) {
      throw XrpcException.badRequest(
          "BadExpiration",
          "cannot request a token with an expiration more than an hour in the future");
    }
    if (method.isEmpty() && life > DEFAULT_LIFE.toSeconds()) {
      throw XrpcException.badRequest(
          "BadExpiration",
          "cannot request a method-less token with an expiration more than a minute in the future");
    }
    return Instant.ofEpochSecond(seconds);
  }
}
