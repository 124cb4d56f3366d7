package dev.virga.pds.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.sync.AccountEvent;
import dev.virga.atproto.sync.CommitEvent;
import dev.virga.atproto.sync.EventBody;
import dev.virga.atproto.sync.SyncEvent;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.MemoryObjects;
import dev.virga.pds.store.Objects;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameEncoderTest {
  private static final Did ALICE = Did.parse("did:web:alice.example.com");
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
  private static final Tid REV = Tid.of(1_000_000, 1);
  private static final String PACK = "repos/pack";

  private final MemoryObjects objects = new MemoryObjects();
  private final FrameEncoder encoder = new FrameEncoder(objects);

  private static LogEntry entry(long seq, EventBody event, @Nullable String pack) {
    return new LogEntry(seq, TIME, ALICE, event.encode(), pack);
  }

  private static CommitEvent commit(byte[] blocks) {
    return new CommitEvent(
        ALICE, REV, null, Cid.ofDagCbor(new byte[] {1}), blocks, List.of(), null);
  }

  /** An account begins with an event of each kind in one transaction, which names its pack. */
  @Test
  void onlyACommitGetsTheBlocksOfItsTransaction() {
    byte[] pack = {1, 2, 3};
    objects.putIfAbsent(PACK, pack, Objects.Metadata.NONE);
    AccountEvent account = AccountEvent.active(ALICE);
    SyncEvent sync = new SyncEvent(ALICE, REV, new byte[] {7});
    List<LogEntry> entries =
        List.of(entry(1, account, PACK), entry(2, commit(new byte[0]), PACK), entry(3, sync, PACK));
    List<byte[]> frames = encoder.encode(entries);
    assertThat(frames)
        .containsExactly(account.frame(1, TIME), commit(pack).frame(2, TIME), sync.frame(3, TIME));
    assertThat(entries.stream().map(encoder::encode).toList()).containsExactlyElementsOf(frames);
  }

  @Test
  void anImportMayBeFarLargerThanAnEvent() {
    objects.putIfAbsent(PACK, new byte[CommitEvent.MAX_BLOCKS + 1], Objects.Metadata.NONE);
    SyncEvent sync = new SyncEvent(ALICE, REV, new byte[] {7});
    LogEntry entry = entry(1, sync, PACK);
    assertThat(encoder.encode(entry)).isEqualTo(sync.frame(1, TIME));
    assertThat(encoder.encode(List.of(entry))).containsExactly(sync.frame(1, TIME));
  }

  @Test
  void onlyACommitIsGoneWithItsPack() {
    AccountEvent account = AccountEvent.active(ALICE);
    List<LogEntry> entries = List.of(entry(1, commit(new byte[0]), PACK), entry(2, account, PACK));
    assertThat(encoder.encode(entries)).containsExactly(new byte[0], account.frame(2, TIME));
    assertThat(encoder.encode(entries.getFirst())).isEmpty();
    assertThat(encoder.encode(entries.getLast())).isEqualTo(account.frame(2, TIME));
  }
}
