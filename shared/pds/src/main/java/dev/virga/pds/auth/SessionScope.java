package dev.virga.pds.auth;

import java.util.Arrays;
import java.util.Optional;

/** The {@code scope} of a legacy session token. */
public enum SessionScope {
  ACCESS("com.atproto.access"),
  REFRESH("com.atproto.refresh"),
  APP_PASSWORD("com.atproto.appPass"),
  APP_PASSWORD_PRIVILEGED("com.atproto.appPassPrivileged"),
  SIGNUP_QUEUED("com.atproto.signupQueued"),
  TAKENDOWN("com.atproto.takendown");

  private final String claim;

  SessionScope(String claim) {
    this.claim = claim;
  }

  /** As it stands in the token. */
  public String claim() {
    return claim;
  }

  public static Optional<SessionScope> fromClaim(String claim) {
    return Arrays.stream(values()).filter(scope -> scope.claim.equals(claim)).findFirst();
  }
}
