package dev.virga.functions.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the path of a request: strictly, and without taking out dots or double slashes. Nothing
 * here is looked up by path in a file system, so odd paths are just unknown.
 */
public final class RequestPath {
  private RequestPath() {}

  /** Empty for broken percent encoding, text that is not UTF-8, and control characters. */
  public static Optional<String> decode(@Nullable String raw) {
    if (raw == null || !raw.startsWith("/")) {
      return Optional.empty();
    }
    byte[] encoded = raw.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      int next = encoded[i];
      if (next == '%') {
        next = i + 2 < encoded.length ? hex(encoded[i + 1], encoded[i + 2]) : -1;
        if (next < 0) {
          return Optional.empty();
        }
        i += 2;
      }
      decoded.put((byte) next);
    }
    return text(decoded.flip());
  }

  private static int hex(byte high, byte low) {
    int left = Character.digit(high, 16);
    int right = Character.digit(low, 16);
    return left < 0 || right < 0 ? -1 : left << 4 | right;
  }

  private static Optional<String> text(ByteBuffer utf8) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
