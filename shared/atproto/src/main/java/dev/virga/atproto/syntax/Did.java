package dev.virga.atproto.syntax;

/**
 * A decentralized identifier, the permanent name of an account; any method, at most 2048
 * characters, kept letter for letter.
 *
 * <p>Source: atproto.com/specs/did, "at:// URI DID syntax".
 */
public record Did(String text) implements AtIdentifier {
  private static final int MAX_LENGTH = 2048;

  public Did {
    if (!isValid(text)) {
      throw new SyntaxException("not a DID");
    }
  }

  /**
   * Reads a DID.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static Did parse(String text) {
    return new Did(text);
  }

  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH || !text.startsWith("did:")) {
      return false;
    }
    int colon = text.indexOf(':', 4);
    if (colon <= 4 || colon + 1 == text.length()) {
      return false;
    }
    for (int i = 4; i < colon; i++) {
      if (!Ascii.isLower(text.charAt(i))) {
        return false;
      }
    }
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Ascii.isAlphanumeric(c) && c != '.' && c != '_' && c != ':' && c != '%' && c != '-') {
        return false;
      }
    }
    char last = text.charAt(text.length() - 1);
    return last != ':' && last != '%';
  }

  /** The method: {@code plc} of {@code did:plc:…}. */
  public String method() {
    return text.substring(4, text.indexOf(':', 4));
  }

  /** What follows the method and its colon. */
  public String specific() {
    return text.substring(text.indexOf(':', 4) + 1);
  }

  @Override
  public String toString() {
    return text;
  }
}
