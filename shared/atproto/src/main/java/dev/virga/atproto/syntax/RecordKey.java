package dev.virga.atproto.syntax;

/**
 * A record key, the name of a record within its collection; 1 to 512 characters, case-sensitive.
 *
 * <p>Source: atproto.com/specs/record-key.
 */
public record RecordKey(String text) {
  private static final int MAX_LENGTH = 512;

  public RecordKey {
    if (!isValid(text)) {
      throw new SyntaxException("not a record key");
    }
  }

  /**
   * Reads a record key.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static RecordKey parse(String text) {
    return new RecordKey(text);
  }

  /** The record key that is a TID. */
  public static RecordKey of(Tid tid) {
    return new RecordKey(tid.toString());
  }

  public static boolean isValid(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH || text.equals(".") || text.equals("..")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Ascii.isAlphanumeric(c) && c != '_' && c != '~' && c != '.' && c != ':' && c != '-') {
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
