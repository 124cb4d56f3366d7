package dev.virga.atproto.repo;

import dev.virga.atproto.data.DataException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The rules for keys of a Merkle search tree: their form, their height and their common prefixes.
 *
 * <p>Keys are ASCII, so the order of strings is the order of bytes. Source:
 * atproto.com/specs/repository, "MST structure".
 */
final class MstKey {
  /** Bytes in a key, as in the reference. */
  static final int MAX_LENGTH = 1024;

  private MstKey() {}

  /** The layer a key lives in, 0 to 128: two leading zero bits of its SHA-256 for each. */
  static int height(String key) {
    byte[] digest = sha256(key.getBytes(StandardCharsets.UTF_8));
    int zeros = 0;
    for (byte b : digest) {
      if (b != 0) {
        zeros += Integer.numberOfLeadingZeros(b & 0xff) - 24;
        break;
      }
      zeros += 8;
    }
    return zeros / 2;
  }

  /** How many leading characters two keys share. */
  static int commonPrefix(String a, String b) {
    int limit = Math.min(a.length(), b.length());
    int at = 0;
    while (at < limit && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    return at;
  }

  /**
   * Checks the form {@code collection/rkey}: one slash, nothing empty, only the characters that
   * NSIDs and record keys are made of. Whether the parts are valid is for {@link RepoPath}.
   *
   * @throws DataException if the key has another form
   */
  static String check(String key) {
    int slash = -1;
    boolean valid = key.length() <= MAX_LENGTH;
    for (int i = 0; valid && i < key.length(); i++) {
      char c = key.charAt(i);
      if (c == '/') {
        valid = slash < 0;
        slash = i;
      } else {
        valid = isKeyCharacter(c);
      }
    }
    if (!valid || slash < 1 || slash == key.length() - 1) {
      throw new DataException("not a tree key of the form collection/rkey");
    }
    return key;
  }

  private static boolean isKeyCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_'
        || c == '~'
        || c == ':';
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
