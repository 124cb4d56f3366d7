package dev.virga.atproto.lexicon;

import dev.virga.atproto.syntax.AtUri;
import dev.virga.atproto.syntax.CidText;
import dev.virga.atproto.syntax.Datetime;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.LanguageTag;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.atproto.syntax.RecordKey;
import dev.virga.atproto.syntax.Tid;
import dev.virga.atproto.syntax.UriText;
import java.util.Optional;

/** The syntax that a {@link StringSchema} may ask for. Source: specs/lexicon, "string formats". */
enum StringFormat {
  AT_IDENTIFIER("at-identifier", "must be a valid did or a handle"),
  AT_URI("at-uri", "must be a valid at-uri"),
  CID("cid", "must be a cid string"),
  DATETIME("datetime", "must be a valid atproto datetime (both RFC-3339 and ISO-8601)"),
  DID("did", "must be a valid did"),
  HANDLE("handle", "must be a valid handle"),
  LANGUAGE("language", "must be a well-formed BCP 47 language tag"),
  NSID("nsid", "must be a valid nsid"),
  RECORD_KEY("record-key", "must be a valid Record Key"),
  TID("tid", "must be a valid TID"),
  URI("uri", "must be a uri");

  private final String id;
  private final String requirement;

  StringFormat(String id, String requirement) {
    this.id = id;
    this.requirement = requirement;
  }

  /** The format that lexicons call so. */
  static Optional<StringFormat> named(String id) {
    for (StringFormat format : values()) {
      if (format.id.equals(id)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  boolean accepts(String text) {
    return switch (this) {
      case AT_IDENTIFIER -> Did.isValid(text) || Handle.isValid(text);
      case AT_URI -> AtUri.isValid(text);
      case CID -> CidText.isValid(text);
      case DATETIME -> Datetime.isValid(text);
      case DID -> Did.isValid(text);
      case HANDLE -> Handle.isValid(text);
      case LANGUAGE -> LanguageTag.isValid(text);
      case NSID -> Nsid.isValid(text);
      case RECORD_KEY -> RecordKey.isValid(text);
      case TID -> Tid.isValid(text);
      case URI -> UriText.isValid(text);
    };
  }

  /** What to tell who sent anything else, after the path. */
  String requirement() {
    return requirement;
  }
}
