package dev.virga.pds.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link Objects} in which something happens right after one stream was stored. */
public final class AfterPut implements Objects {
  private final Objects objects;
  private final String name;
  private final Runnable then;

  public AfterPut(Objects objects, String name, Runnable then) {
    this.objects = objects;
    this.name = name;
    this.then = then;
  }

  @Override
  public boolean putIfAbsent(String put, byte[] content, Metadata metadata) {
    return objects.putIfAbsent(put, content, metadata);
  }

  @Override
  public long putStream(String put, InputStream content, Metadata metadata) throws IOException {
    long size = objects.putStream(put, content, metadata);
    if (put.equals(name)) {
      then.run();
    }
    return size;
  }

  @Override
  public Optional<byte[]> get(String read) {
    return objects.get(read);
  }

  @Override
  public Optional<byte[]> getRange(String read, long offset, int length) {
    return objects.getRange(read, offset, length);
  }

  @Override
  public Optional<Opened> open(String read) {
    return objects.open(read);
  }

  @Override
  public Optional<Long> size(String read) {
    return objects.size(read);
  }

  @Override
  public Optional<Metadata> metadata(String read) {
    return objects.metadata(read);
  }

  @Override
  public boolean copy(String from, String to) {
    return objects.copy(from, to);
  }

  @Override
  public void delete(String deleted) {
    objects.delete(deleted);
  }

  @Override
  public Listing list(String prefix, @Nullable String after) {
    return objects.list(prefix, after);
  }

  @Override
  public Optional<URI> publicUrl(String read, Duration validity) {
    return objects.publicUrl(read, validity);
  }
}
