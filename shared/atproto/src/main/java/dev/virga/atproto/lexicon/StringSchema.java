package dev.virga.atproto.lexicon;

import dev.virga.atproto.data.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text; an empty {@code oneOf} means any. Lengths are in UTF-8 bytes, as the specification counts
 * them.
 */
record StringSchema(
    @Nullable String constant,
    List<String> oneOf,
    Range bytes,
    Range graphemes,
    @Nullable StringFormat format,
    Value.@Nullable Text fallback)
    implements Schema {

  @Override
  public Value validate(Value value, Trail at) {
    if (!(value instanceof Value.Text(String text))) {
      throw at.failure("must be a string");
    }
    if (constant != null && !constant.equals(text)) {
      throw at.failure("must be " + constant);
    }
    if (!oneOf.isEmpty() && !oneOf.contains(text)) {
      throw at.failure("must be one of (" + String.join("|", oneOf) + ")");
    }
    if (!bytes.isAny()) {
      checkBytes(text, at);
    }
    if (!graphemes.isAny()) {
      checkGraphemes(text, at);
    }
    if (format != null && !format.accepts(text)) {
      throw at.failure(format.requirement());
    }
    return value;
  }

  private void checkBytes(String text, Trail at) {
    // A UTF-16 unit takes one to three bytes, which settles most strings without a count.
    long units = text.length();
    if (units >= bytes.min() && 3 * units <= bytes.max()) {
      return;
    }
    long length = Utf8.length(text);
    if (length > bytes.max()) {
      throw at.failure("must not be longer than " + bytes.max() + " bytes");
    }
    if (length < bytes.min()) {
      throw at.failure("must not be shorter than " + bytes.min() + " bytes");
    }
  }

  private void checkGraphemes(String text, Trail at) {
    // No grapheme takes less than one UTF-16 unit.
    if (text.length() <= graphemes.max() && graphemes.min() <= 0) {
      return;
    }
    long count = Graphemes.count(text);
    if (count > graphemes.max()) {
      throw at.failure("must not be longer than " + graphemes.max() + " graphemes");
    }
    if (count < graphemes.min()) {
      throw at.failure("must not be shorter than " + graphemes.min() + " graphemes");
    }
  }
}
