package dev.virga.pds.backup;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of a backup: {@code backup.json}, {@code server.json}, and for each account a folder
 * {@code accounts/<did with commas for colons>} with {@code account.json}, {@code repo.car} and
 * {@code blobs/<cid>}.
 *
 * <p>Each file is written aside and moved into its place, and {@code backup.json} comes last, so
 * that a backup that was cut short is never taken for a whole one.
 */
final class BackupFolder {
  private static final String MANIFEST = "backup.json";

  private final Path folder;

  BackupFolder(Path folder) {
    this.folder = folder;
  }

  /** Writes something into a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  void create() throws IOException {
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(folder, ownerOnly);
    }
  }

  Path account(Did did) {
    return folder.resolve("accounts").resolve(did.text().replace(':', ','));
  }

  Path repo(Did did) {
    return account(did).resolve("repo.car");
  }

  Path blobs(Did did) {
    return account(did).resolve("blobs");
  }

  Path blob(Did did, Cid cid) {
    return blobs(did).resolve(cid.toString());
  }

  Path accountFile(Did did) {
    return account(did).resolve("account.json");
  }

  Path serverFile() {
    return folder.resolve("server.json");
  }

  Path manifestFile() {
    return folder.resolve(MANIFEST);
  }

  void write(Path file, Content content) throws IOException {
    Files.createDirectories(file.getParent());
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try (OutputStream out = Files.newOutputStream(aside)) {
      content.writeTo(out);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void writeJson(Path file, Value value) throws IOException {
    byte[] json = DataJson.toJson(value);
    write(file, out -> out.write(json));
  }

  /** The object in a file; empty if there is no such file. */
  Optional<Value.Obj> find(Path file) throws IOException {
    try {
      return Optional.of(read(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * The object in a file.
   *
   * @throws IOException if there is none, or it is damaged
   */
  Value.Obj read(Path file) throws IOException {
    try {
      if (DataJson.parse(Files.readAllBytes(file)) instanceof Value.Obj object) {
        return object;
      }
    } catch (DataException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
    throw new IOException(file + " is damaged: not an object");
  }

  InputStream open(Path file) throws IOException {
    return Files.newInputStream(file);
  }

  /** Removes what is in a folder and not in a list. */
  static void retain(Path folder, List<String> names) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> others = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!names.contains(String.valueOf(file.getFileName()))) {
          others.add(file);
        }
      }
    }
    for (Path other : others) {
      remove(other);
    }
  }

  private static void remove(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      retain(path, List.of());
    }
    Files.delete(path);
  }
}
