package dev.virga.pds.auth;

import dev.virga.atproto.syntax.Did;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who is asking, as proved by the request's headers. */
public sealed interface Credentials {
  /** Nobody in particular. */
  record Anonymous() implements Credentials {}

  /** An account, by a legacy session's access token. */
  record Session(Did did, SessionScope scope) implements Credentials {}

  /** An account, by a refresh token, which is good for refreshing and signing out only. */
  record Refresh(Did did, String tokenId, Instant expires) implements Credentials {}

  /** The operator, by the admin password. */
  record Admin() implements Credentials {}

  /**
   * Another service or an account elsewhere, by a signed service token.
   *
   * @param issuer the DID that signed it
   * @param fragment the service's id inside that DID's document, e.g. {@code atproto_labeler}; null
   *     for the account itself
   */
  record Service(Did issuer, @Nullable String fragment) implements Credentials {}

  Credentials ANONYMOUS = new Anonymous();
}
