package dev.virga.atproto.lexicon;

/**
 * A value from outside that its schema does not allow; the message names the place and is fit to
 * show.
 */
public final class ValidationException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ValidationException(String message) {
    super(message);
  }
}
