package dev.virga.pds.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.ForwardingObjects;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StrayBlobsTest {
  private static final Did DID = Did.parse("did:plc:abcdefghijklmnopqrstuvwx");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration OLD = StrayBlobs.IN_FLIGHT.plusHours(1);

  private final MemoryIndex index = new MemoryIndex();
  private final MemoryObjects memory = new MemoryObjects();
  private final Set<String> unreadable = new TreeSet<>();

  private final Objects objects =
      new ForwardingObjects(memory) {
        @Override
        public Optional<Opened> open(String name) {
          if (unreadable.contains(name)) {
            throw new StoreException("object file is damaged");
          }
          return super.open(name);
        }
      };

  private Instant now = START;
  private final StrayBlobs strays = new StrayBlobs(index, objects, () -> now);

  @BeforeEach
  void hasAnAccount() {
    put(BlobItems.head(DID), Item.EMPTY);
  }

  @Test
  void removesWhatNoItemNamesInEitherFolder() {
    String open = stored(Quarantine.OPEN, DID, OLD, "one");
    String closed = stored(Quarantine.CLOSED, DID, OLD, "two");

    round();

    assertThat(memory.get(open)).isEmpty();
    assertThat(memory.get(closed)).isEmpty();
  }

  @Test
  void leavesWhatAnItemNames() {
    String name = stored(Quarantine.OPEN, DID, OLD, "named");
    put(BlobItems.blob(DID, cid("named")), Item.builder().text(StoredBlob.OBJECT, name).build());

    round();

    assertThat(memory.get(name)).isPresent();
  }

  @Test
  void leavesWhatARecordRefersTo() {
    String name = stored(Quarantine.OPEN, DID, OLD, "referred");
    put(BlobItems.reference(DID, cid("referred"), "app.bsky.feed.post/1"), Item.EMPTY);

    round();

    assertThat(memory.get(name)).isPresent();
  }

  @Test
  void leavesWhatMayStillBeOnItsWayUntilALaterRound() {
    String young = stored(Quarantine.OPEN, DID, Duration.ofHours(47), "young");

    round();
    assertThat(memory.get(young)).isPresent();

    now = START.plus(Duration.ofDays(7));
    round();
    assertThat(memory.get(young)).isEmpty();
  }

  @Test
  void leavesTheBlobsOfWhoeverIsUnknownAndNamesThatAreNotOurs() {
    Did unknown = Did.parse("did:plc:zzzzzzzzzzzzzzzzzzzzzzzz");
    String other = stored(Quarantine.OPEN, unknown, OLD, "other");
    memory.putIfAbsent(Quarantine.OPEN + "nobody/3jzfcijpj2z2a", bytes("x"), Objects.Metadata.NONE);
    memory.putIfAbsent(Quarantine.OPEN + DID + "/notes", bytes("x"), Objects.Metadata.NONE);

    round();

    assertThat(memory.get(other)).isPresent();
    assertThat(memory.get(Quarantine.OPEN + "nobody/3jzfcijpj2z2a")).isPresent();
    assertThat(memory.get(Quarantine.OPEN + DID + "/notes")).isPresent();
  }

  @Test
  void goesOnPastAnObjectThatCannotBeReadAndLooksAtItAgainAWeekLater() {
    String damaged = stored(Quarantine.OPEN, DID, OLD.plusHours(2), "damaged");
    String after = stored(Quarantine.OPEN, DID, OLD, "after");
    unreadable.add(damaged);

    round();
    assertThat(memory.get(damaged)).isPresent();
    assertThat(memory.get(after)).isEmpty();

    unreadable.clear();
    assertThat(strays.goOn()).as("the round is over").isFalse();
    assertThat(memory.get(damaged)).isPresent();
    now = START.plus(Duration.ofDays(7));
    round();
    assertThat(memory.get(damaged)).isEmpty();
  }

  @Test
  void beginsWithThePageAgainIfTheStoreCannotAnswer() {
    String stray = stored(Quarantine.OPEN, DID, OLD, "stray");
    boolean[] answers = {false};
    StrayBlobs unlucky =
        new StrayBlobs(
            index,
            new ForwardingObjects(memory) {
              @Override
              public Listing list(String prefix, @Nullable String after) {
                if (!answers[0]) {
                  throw new StoreException("no answer");
                }
                return super.list(prefix, after);
              }
            },
            () -> now);
    assertThatThrownBy(unlucky::goOn).isInstanceOf(StoreException.class);

    answers[0] = true;
    assertThat(unlucky.goOn()).isTrue();
    assertThat(memory.get(stray)).isEmpty();
  }

  /** Until nothing is left to look at. */
  private void round() {
    int pages = 0;
    while (strays.goOn()) {
      assertThat(++pages).isLessThan(10);
    }
  }

  private String stored(String folder, Did did, Duration age, String content) {
    Tid name = Tid.of(START.minus(age).toEpochMilli() * 1_000, 0);
    String path = folder + did + "/" + name;
    memory.putIfAbsent(path, bytes(content), Objects.Metadata.NONE);
    return path;
  }

  private void put(Key key, Item item) {
    index.batchPut(List.of(new Entry(key, item)));
  }

  private static Cid cid(String content) {
    return Cid.ofRaw(bytes(content));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
