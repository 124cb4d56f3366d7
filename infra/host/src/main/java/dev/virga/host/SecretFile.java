package dev.virga.host;

import dev.virga.pds.config.EnvFile;
import dev.virga.pds.config.FreshSecrets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes up the secrets that the operator did not give, once, and keeps them in the data directory,
 * readable by nobody else: they must be the same at the next start.
 */
public final class SecretFile {
  private static final String NAME = "secrets.env";
  private static final String HEADING =
      "# Made up by Virga at its first start. Losing this file loses the accounts' keys: back it"
          + " up.\n";

  private final Path path;
  private final RandomGenerator random;

  /**
   * The secrets of a data directory.
   *
   * @param random fit for secrets: a SecureRandom
   */
  public SecretFile(Path dataDirectory, RandomGenerator random) {
    this.path = dataDirectory.resolve(NAME);
    this.random = random;
  }

  public Path path() {
    return path;
  }

  /**
   * The variables given, completed by what is kept and, where nothing is, made up now. What is
   * given wins over what is kept.
   *
   * @throws IOException if the file cannot be read or written
   */
  public Map<String, String> complete(Map<String, String> given) throws IOException {
    Map<String, String> kept =
        Files.exists(path)
            ? new LinkedHashMap<>(EnvFile.parse(Files.readString(path)))
            : new LinkedHashMap<>();
    int before = kept.size();
    Map<String, String> all = new HashMap<>(given);
    for (String name : FreshSecrets.NAMES) {
      if (given.getOrDefault(name, "").isBlank()) {
        all.put(name, kept.computeIfAbsent(name, wanted -> FreshSecrets.make(wanted, random)));
      }
    }
    if (kept.size() > before) {
      write(kept);
    }
    return all;
  }

  /** Aside, then in its place: a crash leaves the old file or the new one, each whole. */
  private void write(Map<String, String> secrets) throws IOException {
    StringBuilder lines = new StringBuilder(HEADING);
    secrets.forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    Path aside = path.resolveSibling(NAME + ".new");
    Files.deleteIfExists(aside);
    Files.createFile(aside, ownerOnly());
    try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
      ByteBuffer content = StandardCharsets.UTF_8.encode(lines.toString());
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
    Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private FileAttribute<?>[] ownerOnly() {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
