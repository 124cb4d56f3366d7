package dev.virga.host.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.pds.store.Objects;
import dev.virga.pds.store.ObjectsContract;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectsTest extends ObjectsContract {
  private static final byte[] SMALL = new byte[LocalObjects.SMALL];
  private static final byte[] LARGE = new byte[LocalObjects.SMALL + 1];
  private static final Objects.Metadata METADATA = new Objects.Metadata(Map.of("since", "3k29"));

  @TempDir Path directory;

  private @Nullable LocalObjects opened;

  @Override
  protected Objects open() {
    LocalObjects objects = LocalObjects.open(directory.resolve("objects"), Durability.PROCESS);
    opened = objects;
    return objects;
  }

  @Override
  protected void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private boolean isFile(String name) {
    return Files.exists(directory.resolve("objects/data").resolve(name));
  }

  @Test
  void keepsSmallObjectsTogetherAndLargeOnesAsFiles() {
    objects.putIfAbsent("small", SMALL, METADATA);
    objects.putIfAbsent("large", LARGE, METADATA);

    assertThat(isFile("small")).isFalse();
    assertThat(isFile("large")).isTrue();
    for (String name : List.of("small", "large")) {
      assertThat(objects.metadata(name)).contains(METADATA);
    }
  }

  @Test
  void holdsANameOnceWhateverItsSize() throws Exception {
    objects.putIfAbsent("small", SMALL, METADATA);
    objects.putIfAbsent("large", LARGE, METADATA);

    assertThat(objects.putIfAbsent("small", LARGE, METADATA)).isFalse();
    assertThat(objects.putIfAbsent("large", SMALL, METADATA)).isFalse();
    assertThat(objects.size("small")).contains((long) SMALL.length);
    assertThat(objects.size("large")).contains((long) LARGE.length);
    assertThat(objects.list("", null).objects())
        .extracting(Objects.Listed::name)
        .containsExactly("large", "small");
  }

  @Test
  void replacesOneKindByTheOther() throws Exception {
    objects.putIfAbsent("small", SMALL, METADATA);
    objects.putStream("small", new ByteArrayInputStream(LARGE), Objects.Metadata.NONE);
    assertThat(objects.size("small")).contains((long) LARGE.length);

    objects.putIfAbsent("tiny", new byte[1], METADATA);
    assertThat(objects.copy("tiny", "small")).isTrue();
    assertThat(isFile("small")).isFalse();
    assertThat(objects.size("small")).contains(1L);

    objects.putIfAbsent("large", LARGE, METADATA);
    assertThat(objects.copy("large", "tiny")).isTrue();
    assertThat(objects.size("tiny")).contains((long) LARGE.length);
    objects.delete("tiny");
    assertThat(objects.get("tiny")).isEmpty();
  }

  @Test
  void listsBothKindsInOneOrderOverPages() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String name = "n/%03d".formatted(i);
      names.add(name);
      objects.putIfAbsent(name, i % 3 == 0 ? LARGE : new byte[i % 3 * 50_000], METADATA);
    }
    List<String> listed = new ArrayList<>();
    String after = null;
    do {
      Objects.Listing page = objects.list("n/", after);
      page.objects().forEach(object -> listed.add(object.name()));
      after = page.next();
    } while (after != null);
    assertThat(listed).isEqualTo(names);
  }

  @Test
  void survivesAnotherOpening() {
    objects.putIfAbsent("a", new byte[] {1, 2}, METADATA);
    close();
    assertThat(open().get("a")).isPresent();
  }
}
