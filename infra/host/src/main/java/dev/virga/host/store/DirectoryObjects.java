package dev.virga.host.store;

import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Objects in a directory with a file for each: the larger ones of {@link LocalObjects}.
 *
 * <p>A file is written aside, in {@code tmp} on the same file system, and takes its name under
 * {@code data} in one step: by a hard link where it must not replace another, else by a rename.
 * What a crash leaves in {@code tmp} is removed by {@link #sweep}. The file system must know hard
 * links.
 */
final class DirectoryObjects implements Objects {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** How often a put makes its directory again that deletions removed as empty. */
  private static final int MAX_ATTEMPTS = 100;

  private final Path data;
  private final Path aside;
  private final Durability durability;
  private final String asidePrefix;
  private final AtomicLong asideCount = new AtomicLong();

  private DirectoryObjects(Path root, Durability durability) {
    this.data = root.resolve("data");
    this.aside = root.resolve("tmp");
    this.durability = durability;
    this.asidePrefix = "%d-%x-".formatted(ProcessHandle.current().pid(), System.nanoTime());
  }

  /**
   * Opens a directory and makes it if it is absent.
   *
   * @throws StoreException naming it, if that cannot be
   */
  static DirectoryObjects open(Path root, Durability durability) {
    DirectoryObjects objects = new DirectoryObjects(root.toAbsolutePath(), durability);
    try {
      objects.makeDirectories(objects.data);
      objects.makeDirectories(objects.aside);
      return objects;
    } catch (IOException e) {
      throw new StoreException("object directory %s cannot be used: %s".formatted(root, e), e);
    }
  }

  @Override
  public boolean putIfAbsent(String name, byte[] content, Metadata metadata) {
    Path target = ObjectPaths.resolve(data, name);
    if (Files.isRegularFile(target)) {
      return false;
    }
    try {
      Path written = newAside();
      try {
        write(written, new ByteArrayInputStream(content), metadata, name);
        place(target, () -> Files.createLink(target, written));
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw failure("written", name, e);
    }
  }

  /** Whether there is an object, or a directory of others, of a name. */
  boolean has(String name) {
    return Files.exists(ObjectPaths.resolve(data, name));
  }

  @Override
  public long putStream(String name, InputStream content, Metadata metadata) throws IOException {
    Path target = ObjectPaths.resolve(data, name);
    Path written = stored("written", name, this::newAside);
    try {
      long size = write(written, content, metadata, name);
      stored("written", name, () -> place(target, () -> replace(written, target)));
      return size;
    } finally {
      Files.deleteIfExists(written);
    }
  }

  /** Writes a whole file aside; only failures of the content are IO exceptions. */
  private long write(Path file, InputStream content, Metadata metadata, String name)
      throws IOException {
    long size = 0;
    CRC32C check = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (FileChannel channel =
        stored("written", name, () -> FileChannel.open(file, StandardOpenOption.WRITE))) {
      int count;
      while ((count = content.readNBytes(buffer, 0, buffer.length)) > 0) {
        size += count;
        check.update(buffer, 0, count);
        ByteBuffer part = ByteBuffer.wrap(buffer, 0, count);
        stored("written", name, () -> writeFully(channel, part));
      }
      ByteBuffer trailer = ObjectFile.trailer(name, size, (int) check.getValue(), metadata);
      stored("written", name, () -> writeFully(channel, trailer));
      if (durability == Durability.POWER) {
        stored("written", name, () -> force(channel));
      }
    }
    return size;
  }

  private static FileChannel writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return channel;
  }

  private static FileChannel force(FileChannel channel) throws IOException {
    channel.force(true);
    return channel;
  }

  private static void replace(Path from, Path target) throws IOException {
    Files.move(from, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Gives a file its name, in a directory that may have to be made, and makes that durable. */
  private Path place(Path target, Placement placement) throws IOException {
    Path directory = parent(target);
    for (int attempt = 1; ; attempt++) {
      try {
        makeDirectories(directory);
        placement.run();
        sync(directory);
        return target;
      } catch (NoSuchFileException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public Optional<byte[]> get(String name) {
    return read(name, ObjectFile::readAll);
  }

  @Override
  public Optional<byte[]> getRange(String name, long offset, int length) {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
    }
    return read(
        name,
        file -> {
          if (offset > file.size() - length) {
            throw new StoreException(
                "object %s has %d bytes, asked for %d at %d"
                    .formatted(name, file.size(), length, offset));
          }
          return file.read(offset, length);
        });
  }

  @Override
  public Optional<Opened> open(String name) {
    Path path = ObjectPaths.resolve(data, name);
    try {
      ObjectFile file = ObjectFile.open(path, name);
      return Optional.of(new Opened(file.stream(), file.size(), file.metadata()));
    } catch (IOException e) {
      return absentOrFailed(path, name, e);
    }
  }

  @Override
  public Optional<Long> size(String name) {
    return read(name, ObjectFile::size);
  }

  @Override
  public Optional<Metadata> metadata(String name) {
    return read(name, ObjectFile::metadata);
  }

  private <T> Optional<T> read(String name, Reading<T> reading) {
    Path path = ObjectPaths.resolve(data, name);
    try (ObjectFile file = ObjectFile.open(path, name)) {
      return Optional.of(reading.from(file));
    } catch (IOException e) {
      return absentOrFailed(path, name, e);
    }
  }

  /** Tells an object that is not there, for one reason or another, from one that cannot be read. */
  private static <T> Optional<T> absentOrFailed(Path path, String name, IOException e) {
    if (e instanceof NoSuchFileException || Files.isDirectory(path) || Files.notExists(path)) {
      return Optional.empty();
    }
    throw failure("read", name, e);
  }

  @Override
  public boolean copy(String from, String to) {
    Objects.requireName(to);
    Optional<Opened> source = open(from);
    if (source.isEmpty()) {
      return false;
    }
    // The bytes themselves: a file knows the name of its object.
    try (Opened opened = source.get()) {
      long _ = putStream(to, opened.content(), opened.metadata());
      return true;
    } catch (IOException e) {
      throw failure("copied", from, e);
    }
  }

  @Override
  public void delete(String name) {
    Path path = ObjectPaths.resolve(data, name);
    if (!Files.isRegularFile(path)) {
      return;
    }
    try {
      Path directory = parent(path);
      if (Files.deleteIfExists(path)) {
        sync(directory);
        removeEmpty(directory);
      }
    } catch (IOException e) {
      throw failure("deleted", name, e);
    }
  }

  private void removeEmpty(Path directory) throws IOException {
    try {
      for (Path empty = directory; !empty.equals(data); empty = parent(empty)) {
        Files.deleteIfExists(empty);
      }
    } catch (DirectoryNotEmptyException e) {
      return; // and those above are not empty either
    }
  }

  @Override
  public Listing list(String prefix, @Nullable String after) {
    Objects.requirePrefix(prefix);
    try {
      return DirectoryListing.list(data, prefix, after);
    } catch (IOException e) {
      throw failure("listed", prefix, e);
    }
  }

  @Override
  public Optional<URI> publicUrl(String name, Duration validity) {
    Objects.requireName(name);
    return Optional.empty();
  }

  /**
   * Removes what puts that a crash ended left behind.
   *
   * @param before files written since are let alone, their puts may be under way
   */
  void sweep(Instant before) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(aside)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new StoreException("directory %s cannot be swept: %s".formatted(aside, e), e);
    }
  }

  /**
   * A new, empty file aside; one that exists may be linked to an object and is never used again.
   */
  private Path newAside() throws IOException {
    return Files.createFile(aside.resolve(asidePrefix + asideCount.incrementAndGet()));
  }

  private void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path above = parent(directory);
    makeDirectories(above);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (Files.isRegularFile(directory)) {
        throw new FileSystemException(directory.toString(), null, "is not a directory");
      }
    }
    sync(above);
  }

  private void sync(Path directory) throws IOException {
    if (durability == Durability.POWER) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException(path + " has no parent");
    }
    return parent;
  }

  private static <T> T stored(String done, String name, Storing<T> storing) {
    try {
      return storing.run();
    } catch (IOException e) {
      throw failure(done, name, e);
    }
  }

  private static StoreException failure(String done, String name, IOException cause) {
    return new StoreException("object %s could not be %s: %s".formatted(name, done, cause), cause);
  }

  /** A step whose failure is the store's. */
  @FunctionalInterface
  private interface Storing<T> {
    T run() throws IOException;
  }

  /** The step by which a file takes its name. */
  @FunctionalInterface
  private interface Placement {
    void run() throws IOException;
  }

  /** A look at an object's file. */
  @FunctionalInterface
  private interface Reading<T> {
    T from(ObjectFile file) throws IOException;
  }
}
