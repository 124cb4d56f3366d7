package dev.virga.atproto.syntax;

/** Names an account: a {@link Did} or a {@link Handle}, as request parameters and AT-URIs do. */
public sealed interface AtIdentifier permits Did, Handle {

  /** The identifier as text. */
  String text();

  /**
   * Reads a DID when the text starts like one, else a handle.
   *
   * @throws SyntaxException if it is neither
   */
  static AtIdentifier parse(String text) {
    return text.startsWith("did:") ? Did.parse(text) : Handle.parse(text);
  }
}
