package dev.virga.atproto.lexicon;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where one validation has got to inside a value, for messages and to bound the depth; and what it
 * needs to know on the way. Part of every {@link Schema} check.
 *
 * <p>Used by one thread, for one value. After a failure it is thrown away, never unwound.
 */
final class Trail {
  /** More than any real record needs; keeps recursive schemas far from the end of the stack. */
  static final int MAX_DEPTH = 128;

  private final Lexicons lexicons;
  private final String root;
  private final boolean legacyBlobs;
  private @Nullable String[] keys = new @Nullable String[16];
  private int[] indexes = new int[16];
  private int depth;

  Trail(Lexicons lexicons, String root, boolean legacyBlobs) {
    this.lexicons = lexicons;
    this.root = root;
    this.legacyBlobs = legacyBlobs;
  }

  Trail(Lexicons lexicons, String root) {
    this(lexicons, root, false);
  }

  /** Whether blobs in the form of 2022 ({@code cid} and {@code mimeType} only) pass. */
  boolean allowsLegacyBlobs() {
    return legacyBlobs;
  }

  Schema resolve(String reference) {
    return lexicons.schema(reference);
  }

  void enter(String key) {
    step(key, 0);
  }

  void enter(int index) {
    step(null, index);
  }

  void leave() {
    depth--;
  }

  private void step(@Nullable String key, int index) {
    if (depth == MAX_DEPTH) {
      throw new ValidationException(root + " must not be nested deeper than " + MAX_DEPTH);
    }
    if (depth == indexes.length) {
      keys = Arrays.copyOf(keys, 2 * depth);
      indexes = Arrays.copyOf(indexes, 2 * depth);
    }
    keys[depth] = key;
    indexes[depth] = index;
    depth++;
  }

  /** The failure at this place: its path, a blank, and what is wrong. */
  ValidationException failure(String problem) {
    StringBuilder message = new StringBuilder(root);
    for (int i = 0; i < depth; i++) {
      String key = keys[i];
      message.append('/').append(key != null ? key : Integer.toString(indexes[i]));
    }
    return new ValidationException(message.append(' ').append(problem).toString());
  }
}
