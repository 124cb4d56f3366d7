package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.CidText;
import java.util.List;
import java.util.Optional;

/**
 * A reference to a blob; {@code accept} holds MIME types and patterns such as {@code image/*}, and
 * empty means any; {@code maxSize} is in bytes.
 *
 * <p>Checks what the reference says of the blob. Whether that is true is for whoever has the blob.
 */
record BlobSchema(List<String> accept, long maxSize) implements Schema {
  static final String TYPE = "blob";

  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Obj blob)) {
      throw at.failure("should be a blob ref");
    }
    Optional<String> type = blob.text("mimeType");
    if (type.isEmpty()) {
      throw at.failure("should be a blob ref");
    }
    if (blob.text("$type").filter(TYPE::equals).isPresent()) {
      checkSize(blob, at);
    } else if (!at.allowsLegacyBlobs() || !isLegacy(blob)) {
      throw at.failure("should be a blob ref");
    }
    if (!accepts(type.get())) {
      throw at.failure("must be of type " + String.join(" or ", accept));
    }
    return value;
  }

  private void checkSize(Value.Obj blob, Trail at) {
    if (!(blob.entries().get("ref") instanceof Value.Link)
        || !(blob.entries().get("size") instanceof Value.Int(long size))
        || size < 0) {
      throw at.failure("should be a blob ref");
    }
    if (size > maxSize) {
      throw at.failure("must not be larger than " + maxSize + " bytes");
    }
  }

  private static boolean isLegacy(Value.Obj blob) {
    return blob.entries().size() == 2 && blob.text("cid").filter(CidText::isValid).isPresent();
  }

  private boolean accepts(String mimeType) {
    if (accept.isEmpty()) {
      return true;
    }
    for (String pattern : accept) {
      if (pattern.equals("*/*")
          || pattern.equals(mimeType)
          || (pattern.endsWith("/*")
              && mimeType.startsWith(pattern.substring(0, pattern.length() - 1)))) {
        return true;
      }
    }
    return false;
  }
}
