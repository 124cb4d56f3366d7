package dev.virga.pds.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Immutable named bytes: the other of the two ports. S3 in the cloud, a directory on a laptop; one
 * contract suite tests both.
 *
 * <p>Names are slash-separated ASCII of at most 512 bytes, e.g. {@code repos/did:plc:abc/3k2a.car};
 * no segment is empty, {@code .} or {@code ..}. An object, once a put returned, survives the loss
 * of the process. Every method blocks and throws {@link StoreException} when the store cannot
 * answer.
 */
public interface Objects {
  /** What was stored with an object beside its bytes: a few short ASCII texts. */
  record Metadata(Map<String, String> entries) {
    public static final Metadata NONE = new Metadata(Map.of());

    public Metadata {
      entries = Map.copyOf(entries);
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

  /** A page of names in byte order; {@code next} is null at the end. */
  record Listing(List<Listed> objects, @Nullable String next) {}

  /**
   * Stores bytes unless the name is taken.
   *
   * @return whether they were stored; false leaves what is there
   */
  boolean putIfAbsent(String name, byte[] content, Metadata metadata);

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
   * A part of an object.
   *
   * @return exactly {@code length} bytes, or empty if there is no such object
   * @throws StoreException if the object is shorter than asked
   */
  Optional<byte[]> getRange(String name, long offset, int length);

  Optional<Opened> open(String name);

  /** The size in bytes, if there is such an object. */
  Optional<Long> size(String name);

  /** The metadata, if there is such an object. */
  Optional<Metadata> metadata(String name);

  /** Makes a second object of the bytes and metadata of one; false if there is none. */
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
}
