package dev.virga.host.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Concurrently;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.ObjectsContract;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryObjectsTest extends ObjectsContract {
  private static final String NAME = "repos/did:plc:abc/3k2a.car";
  private static final Objects.Metadata METADATA = new Objects.Metadata(Map.of("since", "3k29"));

  @TempDir Path directory;

  @Override
  protected Objects open() {
    return DirectoryObjects.open(directory.resolve("made/objects"), Durability.PROCESS);
  }

  private Path file() {
    return directory.resolve("made/objects/data/repos/did%3aplc%3aabc/3k2a.car");
  }

  private Path aside() {
    return directory.resolve("made/objects/tmp");
  }

  @Test
  void writesOneFileThatBeginsWithTheBytes() throws Exception {
    objects.putIfAbsent(NAME, "content".getBytes(UTF_8), METADATA);

    assertThat(Files.readString(file(), ISO_8859_1)).startsWith("contentsince=3k29\n");
    assertThat(everythingUnder(aside())).isEmpty();
  }

  @Test
  void leavesNothingAsideWhateverHappens() throws Exception {
    objects.putIfAbsent(NAME, new byte[10], METADATA);
    objects.putIfAbsent(NAME, new byte[10], METADATA);
    objects.copy(NAME, "b");
    objects.copy(NAME, "b");
    objects.copy("b", NAME);

    assertThat(everythingUnder(aside())).isEmpty();
  }

  @Test
  void keepsNamesInCharactersOfEveryFileSystem() throws Exception {
    List<String> names =
        List.of("did:web:A.B/x", "CON", "a/nul.car/com1", "%41", "..x", "y./.z", "Z".repeat(300));
    for (String name : names) {
      objects.putIfAbsent(name, new byte[0], METADATA);
    }

    assertThat(everythingUnder(directory.resolve("made/objects/data")))
        .allSatisfy(
            path -> {
              String piece = String.valueOf(path.getFileName());
              assertThat(piece).matches("[a-z0-9%_~@,+.-]{1,193}").doesNotStartWith(".");
              assertThat(piece).doesNotEndWith(".").doesNotMatch("(con|nul|com1)(\\..*)?");
            });
  }

  @Test
  void survivesAnotherOpening() {
    objects.putIfAbsent(NAME, "content".getBytes(UTF_8), METADATA);

    Objects again = open();
    assertThat(again.get(NAME)).hasValueSatisfying(b -> assertThat(b).hasSize(7));
    assertThat(again.metadata(NAME)).contains(METADATA);
  }

  @Test
  void doesTheSameWhenItWaitsForTheDisk() {
    Objects durable = DirectoryObjects.open(directory.resolve("durable"), Durability.POWER);

    assertThat(durable.putIfAbsent(NAME, new byte[3], METADATA)).isTrue();
    assertThat(durable.putIfAbsent(NAME, new byte[4], METADATA)).isFalse();
    assertThat(durable.copy(NAME, "b")).isTrue();
    durable.delete(NAME);
    assertThat(durable.size("b")).contains(3L);
  }

  @Test
  void saysThatAFileIsDamaged() throws Exception {
    objects.putIfAbsent(NAME, new byte[1_000], METADATA);
    byte[] whole = Files.readAllBytes(file());
    for (int length : new int[] {0, 10, 500, whole.length - 1}) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      assertDamaged();
    }
    Files.write(file(), whole);
    Files.write(file(), new byte[] {0}, StandardOpenOption.APPEND);
    assertDamaged();
  }

  /** Whatever bit of the file it is, bytes or metadata: nothing wrong is ever read. */
  @Test
  void aFlippedBitAnywhereIsNeverRead() throws Exception {
    objects.putIfAbsent(NAME, new byte[200], METADATA);
    byte[] whole = Files.readAllBytes(file());
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Files.write(file(), damaged);
      assertDamaged();
      assertThatThrownBy(this::stream).as("byte %s", at).hasMessageContaining("damaged");
      assertThat(objects.list("repos/", null).objects()).hasSize(1);
    }
  }

  private byte[] stream() throws IOException {
    try (Objects.Opened opened = objects.open(NAME).orElseThrow()) {
      return opened.content().readAllBytes();
    }
  }

  @Test
  void theFileOfAnotherObjectIsNeverTakenForOne() throws Exception {
    objects.putIfAbsent(NAME, "mine".getBytes(UTF_8), METADATA);
    byte[] mine = Files.readAllBytes(file());
    objects.delete(NAME);
    objects.putIfAbsent("repos/did:plc:abc/3k2b.car", "other".getBytes(UTF_8), METADATA);
    Files.write(file().resolveSibling("3k2b.car"), mine);
    assertThatThrownBy(() -> objects.get("repos/did:plc:abc/3k2b.car"))
        .hasMessageContaining("damaged");
  }

  private void assertDamaged() {
    assertThatThrownBy(() -> objects.get(NAME))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("damaged");
  }

  @Test
  void removesDirectoriesThatBecameEmpty() throws Exception {
    objects.putIfAbsent(NAME, new byte[0], METADATA);
    objects.putIfAbsent("repos/other", new byte[0], METADATA);
    objects.delete(NAME);

    assertThat(everythingUnder(directory.resolve("made/objects/data")))
        .extracting(path -> String.valueOf(path.getFileName()))
        .containsExactlyInAnyOrder("repos", "other");
  }

  @Test
  void putsWhileTheDirectoryComesAndGoes() throws Exception {
    Concurrently.run(
        4,
        thread -> {
          for (int i = 0; i < 200; i++) {
            String name = "a/b/" + thread;
            assertThat(objects.putIfAbsent(name, new byte[1], METADATA)).isTrue();
            objects.delete(name);
          }
        });
    assertThat(everythingUnder(directory.resolve("made/objects/data"))).isEmpty();
  }

  @Test
  void refusesAnObjectWhereOthersLieBelow() {
    objects.putIfAbsent("a/b", new byte[1], METADATA);

    assertThatThrownBy(() -> objects.putIfAbsent("a/b/c", new byte[1], METADATA))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("a/b/c");
    assertThat(objects.get("a")).isEmpty();
    assertThat(objects.get("a/b/c")).isEmpty();
    objects.delete("a");
    objects.delete("a/b/c");
    assertThat(objects.get("a/b")).isPresent();
  }

  @Test
  void sweepsWhatACrashLeft() throws Exception {
    Instant now = Instant.parse("2026-01-02T00:00:00Z");
    Path old = Files.writeString(aside().resolve("1-1"), "half");
    Path young = Files.writeString(aside().resolve("1-2"), "half");
    Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(1)));
    Files.setLastModifiedTime(young, FileTime.from(now));
    ((DirectoryObjects) objects).sweep(now);

    assertThat(everythingUnder(aside())).containsExactly(young);
  }

  @Test
  void refusesADirectoryThatCannotBe() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x");

    assertThatThrownBy(() -> DirectoryObjects.open(file, Durability.PROCESS))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
  }

  private static List<Path> everythingUnder(Path path) throws IOException {
    try (Stream<Path> paths = Files.walk(path)) {
      return new ArrayList<>(paths.filter(each -> !each.equals(path)).toList());
    }
  }
}
