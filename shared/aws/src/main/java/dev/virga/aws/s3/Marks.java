package dev.virga.aws.s3;

import dev.virga.pds.store.Objects.Metadata;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A random mark in the metadata of everything that {@link S3Objects} stores: if the answer to a put
 * was lost and its repetition finds the name taken, the mark tells by whom. Readers never see it.
 */
final class Marks {
  private static final String NAME = "virga-put";

  private final RandomGenerator random;

  Marks(RandomGenerator random) {
    this.random = random;
  }

  String next() {
    return HexFormat.of().toHexDigits(random.nextLong());
  }

  static Map<String, String> with(String mark, Metadata metadata) {
    Map<String, String> marked = new HashMap<>(metadata.entries());
    marked.put(NAME, mark);
    return marked;
  }

  static Metadata without(Map<String, String> stored) {
    Map<String, String> own = new HashMap<>(stored);
    own.remove(NAME);
    return own.isEmpty() ? Metadata.NONE : new Metadata(own);
  }

  static boolean has(String mark, Map<String, String> stored) {
    return mark.equals(stored.get(NAME));
  }
}
