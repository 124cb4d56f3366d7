package dev.virga.pds.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Objects.Listed;
import dev.virga.pds.store.Objects.Listing;
import dev.virga.pds.store.Objects.Metadata;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of {@link Objects} promises. */
public abstract class ObjectsContract {
  private static final String NAME = "repos/did:plc:abc/3k2a.car";
  private static final Metadata METADATA =
      new Metadata(Map.of("since", "3k29", "prev-data", "bafy value with spaces"));

  protected Objects objects;

  /** A new, empty store. */
  protected abstract Objects open() throws Exception;

  /** Ends what {@link #open} began. */
  protected void close() throws Exception {}

  @BeforeEach
  void start() throws Exception {
    objects = open();
  }

  @AfterEach
  void stop() throws Exception {
    close();
  }

  @Test
  void givesSeveralAtOnceAndLeavesOutTheAbsent() throws Exception {
    byte[] large = new byte[300_000];
    large[7] = 7;
    objects.putIfAbsent("several/small", new byte[] {1}, Metadata.NONE);
    objects.putStream("several/large", new ByteArrayInputStream(large), Metadata.NONE);

    Map<String, byte[]> found =
        objects.getAll(List.of("several/small", "several/none", "several/large", "several/small"));

    assertThat(found).containsOnlyKeys("several/small", "several/large");
    assertThat(found.get("several/small")).containsExactly(1);
    assertThat(found.get("several/large")).isEqualTo(large);
    assertThat(objects.getAll(List.of())).isEmpty();
  }

  @Test
  void givesBackWhatWasPut() throws Exception {
    byte[] content = bytes(100_000, 1);
    assertThat(objects.putIfAbsent(NAME, content, METADATA)).isTrue();

    assertThat(objects.get(NAME)).hasValueSatisfying(b -> assertThat(b).isEqualTo(content));
    assertThat(objects.size(NAME)).contains(100_000L);
    assertThat(objects.metadata(NAME)).contains(METADATA);
    try (Objects.Opened opened = objects.open(NAME).orElseThrow()) {
      assertThat(opened.size()).isEqualTo(100_000L);
      assertThat(opened.metadata()).isEqualTo(METADATA);
      assertThat(opened.content().readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void givesNothingForAnUnknownName() {
    assertThat(objects.get(NAME)).isEmpty();
    assertThat(objects.getRange(NAME, 0, 1)).isEmpty();
    assertThat(objects.open(NAME)).isEmpty();
    assertThat(objects.size(NAME)).isEmpty();
    assertThat(objects.metadata(NAME)).isEmpty();
    assertThat(objects.copy(NAME, "elsewhere")).isFalse();
    assertThat(objects.get("elsewhere")).isEmpty();
    objects.delete(NAME);
  }

  @Test
  void keepsAnEmptyObject() throws Exception {
    objects.putIfAbsent(NAME, new byte[0], Metadata.NONE);

    assertThat(objects.get(NAME)).hasValueSatisfying(b -> assertThat(b).isEmpty());
    assertThat(objects.size(NAME)).contains(0L);
    assertThat(objects.metadata(NAME)).contains(Metadata.NONE);
    try (Objects.Opened opened = objects.open(NAME).orElseThrow()) {
      assertThat(opened.content().read()).isEqualTo(-1);
    }
    assertThat(objects.putIfAbsent(NAME, text("late"), Metadata.NONE)).isFalse();
  }

  @Test
  void leavesWhatIsThereOnPutIfAbsent() {
    objects.putIfAbsent(NAME, text("first"), METADATA);

    assertThat(objects.putIfAbsent(NAME, text("second"), Metadata.NONE)).isFalse();
    assertThat(read(NAME)).isEqualTo("first");
    assertThat(objects.metadata(NAME)).contains(METADATA);
  }

  @Test
  void letsExactlyOneOfManyPutIfAbsentWin() throws Exception {
    for (int round = 0; round < 10; round++) {
      String name = "race/" + round;
      AtomicInteger winners = new AtomicInteger();
      List<String> won = java.util.Collections.synchronizedList(new ArrayList<>());
      Concurrently.run(
          8,
          thread -> {
            if (objects.putIfAbsent(name, text("writer " + thread), Metadata.NONE)) {
              winners.incrementAndGet();
              won.add("writer " + thread);
            }
          });
      assertThat(winners).hasValue(1);
      assertThat(read(name)).isEqualTo(won.getFirst());
    }
  }

  @Test
  void storesSeveralInOrder() {
    byte[] huge = bytes(300_000, 8);
    List<Objects.New> some = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      some.add(new Objects.New("some/" + i, text("content " + i), METADATA));
    }
    assertThat(objects.putInOrder(some)).isEqualTo(5);
    assertThat(read("some/4")).isEqualTo("content 4");
    assertThat(objects.metadata("some/4")).contains(METADATA);
    some.add(2, new Objects.New("some/huge", huge, Metadata.NONE));
    assertThat(objects.putInOrder(some.subList(2, 3))).isEqualTo(1);
    assertThat(objects.get("some/huge").orElseThrow()).isEqualTo(huge);
    assertThat(objects.putInOrder(List.of())).isZero();
  }

  @Test
  void storesThoseBeforeANameThatIsTakenAtMost() {
    for (int size : new int[] {10, 300_000}) {
      String taken = "taken" + size;
      objects.putIfAbsent(taken, text("first"), METADATA);
      String before = "before" + size;
      String after = "after" + size;
      int stored =
          objects.putInOrder(
              List.of(
                  new Objects.New(before, bytes(size, 1), Metadata.NONE),
                  new Objects.New(taken, bytes(size, 2), Metadata.NONE),
                  new Objects.New(after, bytes(size, 3), Metadata.NONE)));
      assertThat(stored).isLessThanOrEqualTo(1);
      assertThat(objects.get(before).isPresent()).isEqualTo(stored == 1);
      assertThat(read(taken)).isEqualTo("first");
      assertThat(objects.get(after)).isEmpty();
    }
  }

  @Test
  void readsAPartOfAnObject() {
    byte[] content = bytes(10_000, 2);
    objects.putIfAbsent(NAME, content, METADATA);

    assertThat(objects.getRange(NAME, 0, 10_000).orElseThrow()).isEqualTo(content);
    assertThat(objects.getRange(NAME, 9_999, 1).orElseThrow()).containsExactly(content[9_999]);
    assertThat(objects.getRange(NAME, 5_000, 100).orElseThrow())
        .isEqualTo(java.util.Arrays.copyOfRange(content, 5_000, 5_100));
  }

  @Test
  void refusesAPartBeyondTheEnd() {
    objects.putIfAbsent(NAME, bytes(100, 3), METADATA);

    for (long offset : new long[] {91, 100, 101, 5_000, Long.MAX_VALUE - 20}) {
      assertThatThrownBy(() -> objects.getRange(NAME, offset, 10))
          .as("offset %d", offset)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(NAME);
    }
  }

  @Test
  void refusesAPartThatIsNone() {
    objects.putIfAbsent(NAME, bytes(100, 3), METADATA);

    assertThatThrownBy(() -> objects.getRange(NAME, -1, 10))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> objects.getRange(NAME, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> objects.getRange(NAME, 0, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void storesAStreamOfUnknownLength() throws Exception {
    for (int size : new int[] {0, 1, 8_192, 12 << 20}) {
      byte[] content = bytes(size, size);
      String name = "blobs/stream" + size;

      assertThat(objects.putStream(name, new ByteArrayInputStream(content), METADATA))
          .isEqualTo(size);
      assertThat(objects.get(name).orElseThrow()).isEqualTo(content);
      assertThat(objects.metadata(name)).contains(METADATA);
    }
  }

  @Test
  void replacesWhatIsThereByAStream() throws Exception {
    objects.putIfAbsent(NAME, bytes(1_000, 4), METADATA);
    objects.putStream(NAME, new ByteArrayInputStream(text("new")), Metadata.NONE);

    assertThat(read(NAME)).isEqualTo("new");
    assertThat(objects.metadata(NAME)).contains(Metadata.NONE);
    assertThat(objects.size(NAME)).contains(3L);
  }

  @Test
  void storesNothingOfAStreamThatBreaks() {
    for (int before : new int[] {10, 9 << 20}) {
      InputStream broken =
          new SequenceInputStream(
              new ByteArrayInputStream(bytes(before, 5)),
              new FilterInputStream(InputStream.nullInputStream()) {
                @Override
                public int read() throws IOException {
                  throw new IOException("the line went dead");
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                  throw new IOException("the line went dead");
                }
              });

      assertThatThrownBy(() -> objects.putStream(NAME, broken, METADATA))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the line went dead");
      assertThat(objects.get(NAME)).isEmpty();
      assertThat(objects.list("", null).objects()).isEmpty();
    }
  }

  @Test
  void isReadWholeWhileItIsReplaced() throws Exception {
    byte[] old = bytes(300_000, 6);
    objects.putIfAbsent(NAME, old, METADATA);
    try (Objects.Opened opened = objects.open(NAME).orElseThrow()) {
      byte[] start = opened.content().readNBytes(10);
      objects.putStream(NAME, new ByteArrayInputStream(text("new")), Metadata.NONE);
      byte[] rest = opened.content().readAllBytes();

      assertThat(start.length + rest.length).isEqualTo(300_000);
      assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(old, 10, 300_000));
    }
  }

  @Test
  void deletes() {
    objects.putIfAbsent(NAME, text("gone"), METADATA);
    objects.putIfAbsent(NAME + "2", text("stays"), METADATA);
    objects.delete(NAME);
    objects.delete(NAME);

    assertThat(objects.get(NAME)).isEmpty();
    assertThat(read(NAME + "2")).isEqualTo("stays");
    assertThat(objects.putIfAbsent(NAME, text("again"), Metadata.NONE)).isTrue();
  }

  @Test
  void copiesBytesAndMetadata() {
    objects.putIfAbsent(NAME, text("original"), METADATA);
    objects.putIfAbsent("taken/name", text("old"), Metadata.NONE);

    assertThat(objects.copy(NAME, "new/name")).isTrue();
    assertThat(objects.copy(NAME, "taken/name")).isTrue();
    objects.delete(NAME);

    for (String copy : List.of("new/name", "taken/name")) {
      assertThat(read(copy)).isEqualTo("original");
      assertThat(objects.metadata(copy)).contains(METADATA);
    }
  }

  @Test
  void copiesOntoItself() {
    objects.putIfAbsent(NAME, text("same"), METADATA);

    assertThat(objects.copy(NAME, NAME)).isTrue();
    assertThat(read(NAME)).isEqualTo("same");
  }

  @Test
  void listsNamesWithAPrefixInByteOrder() {
    List<String> names =
        new ArrayList<>(
            List.of(
                "a-",
                "a-b",
                "a.b/c",
                "a/b-c",
                "a/b.",
                "a/b/-",
                "a/b/c",
                "a/b0",
                "a0",
                "aB",
                "a_b",
                "aa",
                "b:c/d",
                "b~",
                "c/.d",
                "c/..d",
                "c/...",
                "d%3A/x",
                "did:web:A/1",
                "did:web:a/1"));
    for (int i = names.size() - 1; i >= 0; i--) {
      objects.putIfAbsent(names.get(i), new byte[i], Metadata.NONE);
    }
    names.sort(null);

    assertThat(names(objects.list("", null))).isEqualTo(names);
    assertThat(objects.list("", null).next()).isNull();
    for (String prefix :
        List.of("a", "a-", "a/", "a/b", "a/b/", "c/.", "b:", "zz", "did:web:a", "d%3A/", "a/b/c")) {
      assertThat(names(objects.list(prefix, null)))
          .as("prefix %s", prefix)
          .isEqualTo(names.stream().filter(name -> name.startsWith(prefix)).toList());
    }
  }

  @Test
  void listsSizes() {
    objects.putIfAbsent(NAME, bytes(123, 7), METADATA);

    assertThat(objects.list("repos/", null).objects()).containsExactly(new Listed(NAME, 123));
  }

  @Test
  void listsInPages() {
    List<String> names =
        new ArrayList<>(IntStream.range(0, 1_203).mapToObj(ObjectsContract::scattered).toList());
    for (String name : names) {
      objects.putIfAbsent(name, new byte[0], Metadata.NONE);
    }
    names.add("aside/x");
    objects.putIfAbsent("aside/x", new byte[0], Metadata.NONE);
    objects.putIfAbsent("zz/beyond", new byte[0], Metadata.NONE);
    names.sort(null);

    List<String> listed = new ArrayList<>();
    String after = null;
    int pages = 0;
    do {
      Listing listing = objects.list("page/", after);
      assertThat(listing.objects()).hasSizeLessThanOrEqualTo(Objects.MAX_LISTED);
      listed.addAll(names(listing));
      after = listing.next();
      pages++;
    } while (after != null);
    assertThat(listed).isEqualTo(names.stream().filter(name -> name.startsWith("page/")).toList());
    assertThat(pages).isGreaterThan(1).isLessThan(10);
  }

  private static String scattered(int number) {
    return number % 3 == 0 ? "page/" + number : "page/d" + (number % 7) + "/" + number;
  }

  @Test
  void acceptsLongNames() {
    String longest = "x".repeat(Objects.MAX_NAME_BYTES);
    String segments = "did:web:" + "A".repeat(300) + "/" + "b".repeat(100);
    List<String> names = new ArrayList<>();
    for (int length : new int[] {62, 63, 64, 65, 127, 128, 129, 200, 255, 256}) {
      for (String end : List.of("-", "/y", "/-", "0", ":")) {
        names.add("n".repeat(length) + end);
      }
    }
    names.add(longest);
    names.add(segments);
    names = new ArrayList<>(new java.util.TreeSet<>(names));
    for (String name : names) {
      assertThat(objects.putIfAbsent(name, text(name), Metadata.NONE)).isTrue();
    }

    assertThat(names(objects.list("", null))).isEqualTo(names);
    for (String name : names) {
      assertThat(read(name)).isEqualTo(name);
    }
    assertThat(names(objects.list("n".repeat(100), "n".repeat(128) + "/y")))
        .isEqualTo(
            names.stream()
                .filter(n -> n.startsWith("n".repeat(100)))
                .filter(n -> n.compareTo("n".repeat(128) + "/y") > 0)
                .toList());
  }

  @Test
  void tellsUpperFromLowerCase() {
    objects.putIfAbsent("case/a", text("lower"), Metadata.NONE);
    objects.putIfAbsent("case/A", text("upper"), Metadata.NONE);

    assertThat(read("case/a")).isEqualTo("lower");
    assertThat(read("case/A")).isEqualTo("upper");
  }

  @Test
  void keepsNamesThatFileSystemsDislike() {
    List<String> odd =
        List.of(
            "CON", "nul", "aux.txt/com1", "x./y.", "a=b,c@d", "%41", "%2e%2e/x", "tmp/x", "-rf");
    for (String name : odd) {
      objects.putIfAbsent(name, text(name), Metadata.NONE);
    }
    for (String name : odd) {
      assertThat(read(name)).isEqualTo(name);
    }
    assertThat(names(objects.list("", null))).isEqualTo(odd.stream().sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/../b", "a/./b", "a b", "a\\b",
        "a\0b", "a\nb", "é", "a*", "a?", "\"", "<", "|", "#"
      })
  void refusesABadName(String name) {
    assertRefused(name);
  }

  @Test
  void refusesATooLongName() {
    assertRefused("x".repeat(Objects.MAX_NAME_BYTES + 1));
  }

  private void assertRefused(String name) {
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> calls =
        List.of(
            () -> objects.putIfAbsent(name, text("x"), Metadata.NONE),
            () -> objects.putStream(name, InputStream.nullInputStream(), Metadata.NONE),
            () -> objects.get(name),
            () -> objects.getRange(name, 0, 1),
            () -> objects.open(name),
            () -> objects.size(name),
            () -> objects.metadata(name),
            () -> objects.copy(name, "good"),
            () -> objects.copy("good", name),
            () -> objects.delete(name),
            () -> objects.publicUrl(name, Duration.ofMinutes(1)));
    for (var call : calls) {
      assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void makesOnlyAbsoluteUrls() {
    objects.putIfAbsent(NAME, text("x"), METADATA);

    objects
        .publicUrl(NAME, Duration.ofMinutes(5))
        .ifPresent(url -> assertThat(url.isAbsolute()).isTrue());
  }

  private String read(String name) {
    return new String(objects.get(name).orElseThrow(), UTF_8);
  }

  private static List<String> names(Listing listing) {
    return listing.objects().stream().map(Listed::name).toList();
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
