package dev.virga.pds.auth;

/** A text that is not a JSON Web Token of the form asked for; the message is fit to show. */
final class JwtException extends Exception {
  private static final long serialVersionUID = 1L;

  JwtException(String message) {
    super(message);
  }
}
