package dev.virga.pds.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link Objects} in front of others, through whose {@link #around} every call goes. */
public class ForwardingObjects implements Objects {
  private final Objects objects;

  protected ForwardingObjects(Objects objects) {
    this.objects = objects;
  }

  /**
   * Carries out a call, or does something else.
   *
   * @param write whether the call may change something
   * @param what the name that it is about
   */
  protected <T> T around(String method, boolean write, String what, Supplier<T> body) {
    return body.get();
  }

  @Override
  public boolean putIfAbsent(String name, byte[] content, Metadata metadata) {
    return around("put", true, name, () -> objects.putIfAbsent(name, content, metadata));
  }

  @Override
  public long putStream(String name, InputStream content, Metadata metadata) throws IOException {
    try {
      return around(
          "putStream",
          true,
          name,
          () -> {
            try {
              return objects.putStream(name, content, metadata);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public Optional<byte[]> get(String name) {
    return around("get", false, name, () -> objects.get(name));
  }

  @Override
  public Optional<byte[]> getRange(String name, long offset, int length) {
    return around("getRange", false, name, () -> objects.getRange(name, offset, length));
  }

  @Override
  public Optional<Opened> open(String name) {
    return around("open", false, name, () -> objects.open(name));
  }

  @Override
  public Optional<Long> size(String name) {
    return around("size", false, name, () -> objects.size(name));
  }

  @Override
  public Optional<Metadata> metadata(String name) {
    return around("metadata", false, name, () -> objects.metadata(name));
  }

  @Override
  public boolean copy(String from, String to) {
    return around("copy", true, from, () -> objects.copy(from, to));
  }

  @Override
  public void delete(String name) {
    boolean _ =
        around(
            "delete",
            true,
            name,
            () -> {
              objects.delete(name);
              return true;
            });
  }

  @Override
  public Listing list(String prefix, @Nullable String after) {
    return around("list", false, prefix, () -> objects.list(prefix, after));
  }

  @Override
  public Optional<URI> publicUrl(String name, Duration validity) {
    return objects.publicUrl(name, validity);
  }
}
