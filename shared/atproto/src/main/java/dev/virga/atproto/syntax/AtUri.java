package dev.virga.atproto.syntax;

import org.jspecify.annotations.Nullable;

/**
 * An AT-URI in the restricted form that lexicons use: an account, or a collection of it, or a
 * record of that; no query, no fragment, no trailing slash.
 *
 * <p>Source: atproto.com/specs/at-uri-scheme.
 */
public record AtUri(AtIdentifier authority, @Nullable Nsid collection, @Nullable RecordKey rkey) {
  private static final String SCHEME = "at://";
  private static final int MAX_LENGTH = 8192;

  public AtUri {
    if (collection == null && rkey != null) {
      throw new SyntaxException("an AT-URI with a record key but no collection");
    }
  }

  /** The URI of a record. */
  public static AtUri of(Did did, Nsid collection, RecordKey rkey) {
    return new AtUri(did, collection, rkey);
  }

  /**
   * Reads an AT-URI.
   *
   * @throws SyntaxException if the text is anything else
   */
  public static AtUri parse(String text) {
    if (text.length() > MAX_LENGTH || !text.startsWith(SCHEME)) {
      throw new SyntaxException("not an AT-URI");
    }
    String[] parts = text.substring(SCHEME.length()).split("/", 4);
    if (parts.length > 3) {
      throw new SyntaxException("an AT-URI with more than a collection and a record key");
    }
    return new AtUri(
        AtIdentifier.parse(parts[0]),
        parts.length > 1 ? Nsid.parse(parts[1]) : null,
        parts.length > 2 ? RecordKey.parse(parts[2]) : null);
  }

  public static boolean isValid(String text) {
    try {
      parse(text);
      return true;
    } catch (SyntaxException notAnAtUri) {
      return false;
    }
  }

  @Override
  public String toString() {
    if (collection == null) {
      return SCHEME + authority.text();
    }
    String uri = SCHEME + authority.text() + "/" + collection.text();
    return rkey == null ? uri : uri + "/" + rkey.text();
  }
}
