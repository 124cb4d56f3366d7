package dev.virga.atproto.syntax;

/**
 * A CID of any codec, hash and base as text, as string fields of format {@code cid} may hold; kept
 * letter for letter, never decoded.
 *
 * <p>Links between blocks are {@link dev.virga.atproto.data.Cid} instead, of one blessed form.
 * Source: atproto.com/specs/lexicon, "cid".
 */
public record CidText(String text) {
  private static final int MIN_LENGTH = 8;
  private static final int MAX_LENGTH = 256;

  public CidText {
    if (!isValid(text)) {
      throw new SyntaxException("not a CID");
    }
  }

  /**
   * Reads a CID in any base; version 0 ({@code Qm…}) is refused.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static CidText parse(String text) {
    return new CidText(text);
  }

  public static boolean isValid(String text) {
    int length = text.length();
    if (length < MIN_LENGTH || length > MAX_LENGTH || text.startsWith("Qm")) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (!Ascii.isAlphanumeric(c) && c != '+' && c != '=') {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return text;
  }
}
