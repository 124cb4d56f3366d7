package dev.virga.atproto.syntax;

/**
 * A handle, the domain name that an account goes by; always in lower case.
 *
 * <p>Only the syntax is checked: whether a top-level domain may be used ({@code .local}, {@code
 * .invalid}) is the policy of whoever registers handles. Source: atproto.com/specs/handle.
 */
public record Handle(String text) implements AtIdentifier {
  private static final int MAX_LENGTH = 253;

  public Handle {
    if (!isValid(text)) {
      throw new SyntaxException("not a handle");
    }
    text = Ascii.lower(text);
  }

  /**
   * Reads a handle in any case and lower-cases it.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static Handle parse(String text) {
    return new Handle(text);
  }

  public static boolean isValid(String text) {
    if (text.length() > MAX_LENGTH) {
      return false;
    }
    int from = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
      if (!Ascii.isLabel(text, from, dot)) {
        return false;
      }
      from = dot + 1;
    }
    return from > 0
        && Ascii.isLabel(text, from, text.length())
        && Ascii.isLetter(text.charAt(from));
  }

  @Override
  public String toString() {
    return text;
  }
}
