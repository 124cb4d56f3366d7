package dev.virga.atproto.lexicon;

import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.atproto.syntax.SyntaxException;
import dev.virga.atproto.syntax.Tid;

/** Which record keys a collection allows. Source: atproto.com/specs/record-key. */
public sealed interface KeyType {
  /** The types that name a syntax. */
  enum Syntax implements KeyType {
    TID,
    NSID,
    ANY;

    @Override
    public void check(RecordKey key) {
      if (this == TID && !Tid.isValid(key.text())) {
        throw new ValidationException("Record key must be a valid TID");
      }
      if (this == NSID && !Nsid.isValid(key.text())) {
        throw new ValidationException("Record key must be a valid nsid");
      }
    }
  }

  /** The one key of a collection that holds one record, as {@code self} in a profile's. */
  record Literal(RecordKey key) implements KeyType {
    @Override
    public void check(RecordKey other) {
      if (!key.equals(other)) {
        throw new ValidationException("Record key must be \"" + key + "\"");
      }
    }
  }

  /**
   * Checks a key.
   *
   * @throws ValidationException if the collection does not allow it
   */
  void check(RecordKey key);

  /**
   * Reads {@code tid}, {@code nsid}, {@code any} or {@code literal:<key>}.
   *
   * @throws LexiconException if the text is anything else
   */
  static KeyType parse(String text) {
    return switch (text) {
      case "tid" -> Syntax.TID;
      case "nsid" -> Syntax.NSID;
      case "any" -> Syntax.ANY;
      default -> literal(text);
    };
  }

  private static KeyType literal(String text) {
    String prefix = "literal:";
    if (!text.startsWith(prefix)) {
      throw new LexiconException("unknown record key type: " + text);
    }
    try {
      return new Literal(RecordKey.parse(text.substring(prefix.length())));
    } catch (SyntaxException e) {
      throw new LexiconException("not a record key: " + text);
    }
  }
}
