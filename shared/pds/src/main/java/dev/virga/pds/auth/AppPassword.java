package dev.virga.pds.auth;

import java.time.Instant;

/**
 * A password for one application, which its owner can take back; never shown again once made.
 *
 * @param privileged whether it opens chats and the like
 */
public record AppPassword(String name, boolean privileged, Instant createdAt) {
  /** The scope of sessions that it opens. */
  public SessionScope scope() {
    return privileged ? SessionScope.APP_PASSWORD_PRIVILEGED : SessionScope.APP_PASSWORD;
  }
}
