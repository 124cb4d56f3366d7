package dev.virga.atproto.syntax;

/**
 * A URI of any scheme, kept letter for letter: a scheme, a colon, and at least one character; at
 * most 8192 characters, none of them white space or a control character.
 *
 * <p>Nothing after the scheme is interpreted, and characters beyond ASCII pass, since records hold
 * what people pasted. Source: atproto.com/specs/lexicon, "uri".
 */
public record UriText(String text) {
  private static final int MAX_LENGTH = 8192;

  public UriText {
    if (!isValid(text)) {
      throw new SyntaxException("not a URI");
    }
  }

  /**
   * Reads a URI.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static UriText parse(String text) {
    return new UriText(text);
  }

  public static boolean isValid(String text) {
    int colon = text.indexOf(':');
    if (text.length() > MAX_LENGTH || colon < 1 || colon + 1 == text.length()) {
      return false;
    }
    for (int i = 0; i < colon; i++) {
      if (!isSchemeCharacter(text.charAt(i), i)) {
        return false;
      }
    }
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSchemeCharacter(char c, int at) {
    return Ascii.isLetter(c) || (at > 0 && (Ascii.isDigit(c) || c == '+' || c == '-' || c == '.'));
  }

  @Override
  public String toString() {
    return text;
  }
}
