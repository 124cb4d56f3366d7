package dev.virga.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScratchDirectoryTest {
  @TempDir private Path directory;

  @Test
  void isEmptyAtTheStart() throws IOException {
    Path path = directory.resolve("new").resolve("scratch");
    try (ScratchDirectory scratch = ScratchDirectory.open(path)) {
      assertThat(scratch.path()).isEqualTo(path).isEmptyDirectory();
      Files.writeString(path.resolve("left"), "behind");
    }
    try (ScratchDirectory again = ScratchDirectory.open(path)) {
      assertThat(again.path()).isEmptyDirectory();
    }
  }

  @Test
  void belongsToOneAtATime() throws IOException {
    Path path = directory.resolve("scratch");
    try (ScratchDirectory first = ScratchDirectory.open(path)) {
      Files.writeString(first.path().resolve("a"), "b");
      assertThatThrownBy(() -> ScratchDirectory.open(path))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is used by another host");
      assertThat(first.path().resolve("a")).exists();
    }
  }
}
