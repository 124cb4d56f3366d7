package dev.virga.pds.moderation;

import dev.virga.pds.XrpcException;
import java.util.Optional;

/**
 * What a moderator decides about a {@link Subject}; what is empty stays as it is.
 *
 * @param takedown whether it is to be taken down or given back
 * @param ref the moderator's reference for a takedown
 * @param deactivated whether an account is to be switched off or on
 */
public record Decision(
    Optional<Boolean> takedown, Optional<String> ref, Optional<Boolean> deactivated) {
  /** Characters that a reference may have. */
  public static final int MAX_REF = 1_000;

  /**
   * Checks that this makes sense.
   *
   * @throws XrpcException 400 InvalidRequest if an account is to be both taken down and activated,
   *     or the reference is too long
   */
  public Decision {
    if (takedown.equals(Optional.of(true)) && deactivated.equals(Optional.of(false))) {
      throw XrpcException.invalidRequest("Cannot take down and activate an account at once");
    }
    if (ref.map(String::length).orElse(0) > MAX_REF) {
      throw XrpcException.invalidRequest("ref has at most " + MAX_REF + " characters");
    }
  }
}
