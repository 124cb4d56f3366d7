package dev.virga.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A directory of one {@link Host} for what is too large for memory; empty at its start, and no
 * other process's until it is closed.
 */
final class ScratchDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lock;

  private ScratchDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes a directory, made if absent, and removes what an earlier process left in it.
   *
   * @throws IOException if it cannot be used, or another process uses it
   */
  static ScratchDirectory open(Path path) throws IOException {
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(
            path.resolveSibling(path.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (isTaken(channel)) {
        throw new IOException(
            path.toAbsolutePath() + " is used by another host; give each its own data directory");
      }
      empty(path);
      return new ScratchDirectory(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true; // by a host in this very process
    }
  }

  private static void empty(Path path) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(path)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
  }

  Path path() {
    return path;
  }

  /** Lets go of the directory; what is in it goes at the next start. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
