package dev.virga.pds.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** {@link Objects} in memory, for tests of what stands on the port. */
public final class MemoryObjects implements Objects {
  @SuppressWarnings("ArrayRecordComponent")
  private record Stored(byte[] content, Metadata metadata) {}

  private final NavigableMap<String, Stored> objects = new ConcurrentSkipListMap<>();

  @Override
  public boolean putIfAbsent(String name, byte[] content, Metadata metadata) {
    Objects.requireName(name);
    return objects.putIfAbsent(name, new Stored(content.clone(), metadata)) == null;
  }

  @Override
  public long putStream(String name, InputStream content, Metadata metadata) throws IOException {
    Objects.requireName(name);
    byte[] bytes = content.readAllBytes();
    objects.put(name, new Stored(bytes, metadata));
    return bytes.length;
  }

  @Override
  public Optional<byte[]> get(String name) {
    return find(name).map(stored -> stored.content().clone());
  }

  @Override
  public Optional<byte[]> getRange(String name, long offset, int length) {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
    }
    return find(name).map(stored -> part(name, stored.content(), offset, length));
  }

  private static byte[] part(String name, byte[] content, long offset, int length) {
    if (offset > content.length - (long) length) {
      throw new StoreException(
          "object %s has %d bytes, asked for %d at %d"
              .formatted(name, content.length, length, offset));
    }
    return Arrays.copyOfRange(content, (int) offset, (int) offset + length);
  }

  @Override
  public Optional<Opened> open(String name) {
    return find(name)
        .map(
            stored ->
                new Opened(
                    new ByteArrayInputStream(stored.content()),
                    stored.content().length,
                    stored.metadata()));
  }

  @Override
  public Optional<Long> size(String name) {
    return find(name).map(stored -> (long) stored.content().length);
  }

  @Override
  public Optional<Metadata> metadata(String name) {
    return find(name).map(Stored::metadata);
  }

  @Override
  public boolean copy(String from, String to) {
    Objects.requireName(to);
    Optional<Stored> stored = find(from);
    stored.ifPresent(present -> objects.put(to, present));
    return stored.isPresent();
  }

  @Override
  public void delete(String name) {
    objects.remove(Objects.requireName(name));
  }

  @Override
  public Listing list(String prefix, @Nullable String after) {
    Objects.requirePrefix(prefix);
    List<Listed> found = new ArrayList<>();
    boolean beyond = after != null && after.compareTo(prefix) >= 0;
    NavigableMap<String, Stored> rest =
        beyond ? objects.tailMap(after, false) : objects.tailMap(prefix, true);
    for (var entry : rest.entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (found.size() == MAX_LISTED) {
        return new Listing(found, found.getLast().name());
      }
      found.add(new Listed(entry.getKey(), entry.getValue().content().length));
    }
    return new Listing(found, null);
  }

  @Override
  public Optional<URI> publicUrl(String name, Duration validity) {
    Objects.requireName(name);
    return Optional.empty();
  }

  /** Takes over what another store holds. */
  public void load(MemoryObjects other) {
    objects.putAll(other.objects);
  }

  /** All names, in order, for assertions. */
  public List<String> names() {
    return List.copyOf(objects.keySet());
  }

  private Optional<Stored> find(String name) {
    return Optional.ofNullable(objects.get(Objects.requireName(name)));
  }
}
