package dev.virga.functions.xrpc;

import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.functions.http.HttpRequest;
import dev.virga.pds.XrpcException;
import dev.virga.pds.auth.Credentials;
import dev.virga.pds.auth.ServiceTokens;
import dev.virga.pds.auth.SessionScope;
import dev.virga.pds.auth.SessionTokens;
import dev.virga.pds.config.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates by the {@code Authorization} header: session tokens and service tokens as Bearer,
 * the operator as Basic.
 *
 * <p>Believes tokens without a look at their account; who needs to know its state reads it anyway.
 * Names of errors: behaviour §3.
 */
public final class HeaderAuthenticator implements Authenticator {
  private static final String LABELER = "atproto_labeler";

  private final SessionTokens sessions;
  private final ServiceTokens services;
  private final Secret adminPassword;
  private final @Nullable Did moderation;

  /**
   * An authenticator.
   *
   * @param moderation the service that may moderate beside the operator; null for none
   */
  public HeaderAuthenticator(
      SessionTokens sessions,
      ServiceTokens services,
      Secret adminPassword,
      @Nullable Did moderation) {
    this.sessions = sessions;
    this.services = services;
    this.adminPassword = adminPassword;
    this.moderation = moderation;
  }

  /** What a header says: its scheme in lower case, and the rest. */
  private record Authorization(String scheme, String value) {
    static Optional<Authorization> of(HttpRequest request) {
      return request
          .header("authorization")
          .map(
              header -> {
                int space = header.indexOf(' ');
                return space < 0
                    ? new Authorization(header.toLowerCase(Locale.ROOT), "")
                    : new Authorization(
                        header.substring(0, space).toLowerCase(Locale.ROOT),
                        header.substring(space + 1).strip());
              });
    }
  }

  @Override
  public Credentials authenticate(Access access, Nsid method, HttpRequest request) {
    Optional<Authorization> header = Authorization.of(request);
    return switch (access) {
      case Access.Open _ -> Credentials.ANONYMOUS;
      case Access.OpenOrOwner _ -> header.map(this::owner).orElse(Credentials.ANONYMOUS);
      case Access.OpenOrService _ ->
          header
              .<Credentials>map(given -> services.verify(otherwiseRefused(given), method))
              .orElse(Credentials.ANONYMOUS);
      case Access.Account rule -> account(rule, method, bearer(header));
      case Access.AccountOrModeration(Access.Account rule) -> {
        String token = bearer(header);
        yield ServiceTokens.isOne(token)
            ? moderationService(token, method)
            : account(rule, method, token);
      }
      case Access.RefreshToken(boolean evenExpired) ->
          sessions.verifyRefresh(bearer(header), evenExpired);
      case Access.Admin _ -> admin(header);
      case Access.Moderator _ -> moderator(header, method);
    };
  }

  private Credentials owner(Authorization given) {
    if (given.scheme().equals("basic")) {
      return admin(Optional.of(given));
    }
    Credentials.Session session = sessions.verifyAccess(otherwiseRefused(given));
    requireScope(session.scope() != SessionScope.SIGNUP_QUEUED);
    return session;
  }

  private Credentials account(Access.Account rule, Nsid method, String token) {
    if (rule.service() && ServiceTokens.isOne(token)) {
      Credentials.Service service = services.verify(token, method);
      if (service.fragment() != null) {
        throw XrpcException.unauthorized("BadJwtIss", "jwt issuer is not an account");
      }
      return service;
    }
    Credentials.Session session = sessions.verifyAccess(token);
    requireScope(isGoodEnough(session.scope(), rule));
    return session;
  }

  private static boolean isGoodEnough(SessionScope scope, Access.Account rule) {
    return switch (scope) {
      case ACCESS -> true;
      case APP_PASSWORD_PRIVILEGED -> rule.level() != Access.Level.FULL;
      case APP_PASSWORD -> rule.level() == Access.Level.STANDARD;
      case TAKENDOWN -> rule.takendown();
      case SIGNUP_QUEUED -> rule.signupQueued();
      case REFRESH -> false;
    };
  }

  private static void requireScope(boolean good) {
    if (!good) {
      throw XrpcException.badRequest("InvalidToken", "Bad token scope");
    }
  }

  private Credentials moderator(Optional<Authorization> header, Nsid method) {
    if (header.isEmpty() || header.get().scheme().equals("basic")) {
      return admin(header);
    }
    return moderationService(bearer(header), method);
  }

  private Credentials moderationService(String token, Nsid method) {
    Credentials.Service service = services.verify(token, method);
    String fragment = service.fragment();
    if (!service.issuer().equals(moderation) || (fragment != null && !fragment.equals(LABELER))) {
      throw XrpcException.unauthorized("UntrustedIss", "Untrusted issuer");
    }
    return service;
  }

  private Credentials admin(Optional<Authorization> header) {
    Authorization given = header.orElseThrow(HeaderAuthenticator::missing);
    if (given.scheme().equals("basic") && isAdmin(given.value())) {
      return new Credentials.Admin();
    }
    throw XrpcException.unauthorized("AuthenticationRequired", "Authentication Required");
  }

  private boolean isAdmin(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      return pair.startsWith("admin:") && adminPassword.matches(pair.substring("admin:".length()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String bearer(Optional<Authorization> header) {
    Authorization given = header.orElseThrow(HeaderAuthenticator::missing);
    if (!given.scheme().equals("bearer") || given.value().isEmpty()) {
      throw XrpcException.badRequest("InvalidToken", "Unexpected authorization type");
    }
    return given.value();
  }

  private static String otherwiseRefused(Authorization given) {
    if (!given.scheme().equals("bearer")) {
      throw XrpcException.unauthorized("AuthenticationRequired", "Invalid authorization header");
    }
    return given.value();
  }

  private static XrpcException missing() {
    return XrpcException.unauthorized("AuthMissing", "Authentication Required");
  }
}
