package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.ForwardingIndex;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordCursorTest {
  private static final int RECORDS = 3_500;

  private final MemoryIndex index = new MemoryIndex();
  private final Deque<Runnable> asked = new ArrayDeque<>();

  private static String path(int number) {
    return "com.example.note/k%05d".formatted(number);
  }

  private void store(int number) {
    Item item = Item.builder().number("n", number).build();
    index.batchPut(List.of(new Entry(RepoKeys.record(DID, path(number)), item)));
  }

  private void storeAll() {
    IntStream.range(0, RECORDS).forEach(this::store);
  }

  @Test
  void findsEachOfManyPagesThatAreReadBesideIt() {
    storeAll();
    try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
      RecordCursor cursor = new RecordCursor(DID, index, beside);
      for (int i = 0; i < RECORDS; i++) {
        assertThat(cursor.seek(path(i)).orElseThrow().requireNumber("n")).isEqualTo(i);
      }
      assertThat(cursor.seek(path(RECORDS))).isEmpty();
    }
  }

  @Test
  void passesOverWhatIsNotSoughtAndMissesWhatIsNotThere() {
    for (int i = 0; i < 100; i += 2) {
      store(i);
    }
    RecordCursor cursor = new RecordCursor(DID, index, Runnable::run);
    assertThat(cursor.seek(path(1))).isEmpty();
    assertThat(cursor.seek(path(2))).isPresent();
    assertThat(cursor.seek(path(49))).isEmpty();
    assertThat(cursor.seek(path(50) + "x")).isEmpty();
    assertThat(cursor.seek(path(98))).isPresent();
    assertThat(cursor.seek(path(99))).isEmpty();
    assertThat(cursor.seek(path(101))).isEmpty();
  }

  @Test
  void readsOnePageAheadAndNoMore() {
    storeAll();
    RecordCursor cursor = new RecordCursor(DID, index, asked::add);
    asked.remove().run();
    assertThat(asked).isEmpty();
    assertThat(cursor.seek(path(0))).isPresent();
    asked.remove().run();
    assertThat(cursor.seek(path(999))).isPresent();
    assertThat(asked).as("before the page is used").isEmpty();
    assertThat(cursor.seek(path(1_000))).isPresent();
    assertThat(asked).as("the third page").hasSize(1);
  }

  @Test
  void failsAsTheIndexDoes() {
    StoreException broken = new StoreException("the disk is gone");
    RecordCursor cursor =
        new RecordCursor(
            DID,
            new ForwardingIndex(index) {
              @Override
              public Page query(Query query) {
                throw broken;
              }
            },
            Runnable::run);
    assertThatThrownBy(() -> cursor.seek(path(0))).isSameAs(broken);
  }
}
