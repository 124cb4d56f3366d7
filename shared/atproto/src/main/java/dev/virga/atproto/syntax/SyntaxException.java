package dev.virga.atproto.syntax;

/**
 * Text from outside that is not what its type's {@code parse} accepts; the message is fit to show.
 */
public final class SyntaxException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public SyntaxException(String message) {
    super(message);
  }
}
