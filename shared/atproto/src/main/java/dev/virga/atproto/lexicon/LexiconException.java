package dev.virga.atproto.lexicon;

/** A lexicon document that is malformed, or that refers to a definition which does not exist. */
public final class LexiconException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public LexiconException(String message) {
    super(message);
  }
}
