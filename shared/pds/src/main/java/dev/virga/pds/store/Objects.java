package dev.virga.pds.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Immutable named bytes: the other of the two ports. S3 in the cloud, a directory on a laptop; one
 * contract suite tests both.
 *
 * <p>Names are slash-separated ASCII of at most 512 bytes, e.g. {@code repos/did:plc:abc/3k2a.car}:
 * letters, digits and {@code -._~:%@+=,}; no segment is empty, {@code .} or {@code ..}. Any other
 * name is an {@link IllegalArgumentException}. Do not use both {@code a} and {@code a/b}: stores
 * that stand on a file system cannot have them. An object, once a put returned, survives the loss
 * of the process. Every method blocks and throws {@link StoreException} when the store cannot
 * answer.
 */
public interface Objects {
  /** The longest name, in bytes. */
  int MAX_NAME_BYTES = 512;

  /** The most objects in a page of a listing. */
  int MAX_LISTED = 1_000;

  /**
   * Checks a name against the rules above.
   *
   * @return the name
   * @throws IllegalArgumentException if it breaks them
   */
  static String requireName(String name) {
    return ObjectNames.requireName(name);
  }

  /** Checks the beginning of names; the empty one is a beginning of all. */
  static String requirePrefix(String prefix) {
    return ObjectNames.requirePrefix(prefix);
  }

  /**
   * What was stored with an object beside its bytes: a few short ASCII texts, 2,000 bytes at most.
   * Names are lower-case letters, digits and dashes; values are printable, not empty and without
   * space at their ends (they travel as HTTP headers).
   */
  record Metadata(Map<String, String> entries) {
    public static final Metadata NONE = new Metadata(Map.of());

    public Metadata {
      entries = Map.copyOf(entries);
      ObjectNames.requireMetadata(entries);
    }
  }

  /** An object being read. Close it. */
  record Opened(InputStream content, long size, Metadata metadata) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      content.close();
    }
  }

  /** What a listing says of an object. */
  record Listed(String name, long size) {}

  /** Bytes to be stored under a name. */
  @SuppressWarnings("ArrayRecordComponent")
  record New(String name, byte[] content, Metadata metadata) {}

  /** A page of names in byte order; {@code next} is null at the end. */
  record Listing(List<Listed> objects, @Nullable String next) {}

  /**
   * Stores bytes unless the name is taken.
   *
   * @return whether they were stored; false leaves what is there
   */
  boolean putIfAbsent(String name, byte[] content, Metadata metadata);

  /**
   * Stores several objects one after the other, up to the first whose name is taken. Whatever
   * happens, none of them is there without those before it.
   *
   * @param objects none twice
   * @return how many were stored
   */
  default int putInOrder(List<New> objects) {
    int stored = 0;
    for (New object : objects) {
      if (!putIfAbsent(object.name(), object.content(), object.metadata())) {
        break;
      }
      stored++;
    }
    return stored;
  }

  /**
   * Stores a stream of any length, unseen as a whole until its end was read; what is there already
   * is replaced.
   *
   * @return the number of bytes
   * @throws IOException if reading the stream failed; nothing is stored
   */
  long putStream(String name, InputStream content, Metadata metadata) throws IOException;

  Optional<byte[]> get(String name);

  /**
   * Several objects, those that there are, by their names; all are in memory at once. A store that
   * reads many in one go does so, others one after the other.
   *
   * @param names any number
   */
  default Map<String, byte[]> getAll(Collection<String> names) {
    Map<String, byte[]> found = HashMap.newHashMap(names.size());
    for (String name : names) {
      get(name).ifPresent(content -> found.put(name, content));
    }
    return found;
  }

  /**
   * A part of an object.
   *
   * @param length at least 1
   * @return exactly {@code length} bytes, or empty if there is no such object
   * @throws StoreException if the object is shorter than asked
   * @throws IllegalArgumentException if the offset is negative or the length not positive
   */
  Optional<byte[]> getRange(String name, long offset, int length);

  Optional<Opened> open(String name);

  /** The size in bytes, if there is such an object. */
  Optional<Long> size(String name);

  /** The metadata, if there is such an object. */
  Optional<Metadata> metadata(String name);

  /**
   * Makes a second object of the bytes and metadata of one, in the place of whatever has its name;
   * false if there is none.
   */
  boolean copy(String from, String to);

  /** Removes an object, if it is there. */
  void delete(String name);

  /**
   * Names with a prefix, in byte order, up to 1,000 a page.
   *
   * @param after the {@code next} of the page before, null for the first
   */
  Listing list(String prefix, @Nullable String after);

  /** A URL that answers a GET with the object for a while, where the store can make one. */
  Optional<URI> publicUrl(String name, Duration validity);

  /**
   * As {@link #publicUrl(String, Duration)}, with headers of our choice in the answer.
   *
   * @param type the {@code Content-Type}
   * @param disposition the {@code Content-Disposition}
   */
  default Optional<URI> publicUrl(String name, Duration validity, String type, String disposition) {
    return Optional.empty();
  }
}
