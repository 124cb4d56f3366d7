package dev.virga.pds.repo;

import static dev.virga.pds.repo.RepoFixture.DID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.MemoryIndex;
import dev.virga.pds.store.Write;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommitDraftTest {
  private static final byte[] SMALL = {(byte) 0xa0};
  private static final Cid CID = Cid.ofDagCbor(SMALL);
  private static final Key NODE = RepoKeys.node(DID, CID);

  private final MemoryIndex index = new MemoryIndex();

  private static Tid rev(long number) {
    return Tid.of(1_000_000 + number, 0);
  }

  private static Pack pack(Map<Cid, Long> offsets) {
    return new Pack("repos/x/y.car", PackNote.FULL, new byte[0], offsets);
  }

  private void put(long rev) {
    index.writeEach(List.of(CommitDraft.node(DID, rev(rev), CID, SMALL, pack(Map.of()))));
  }

  private long stored() {
    return index.get(NODE).map(item -> item.requireNumber("rev")).orElse(0L);
  }

  @Test
  void aLateWriterDoesNotTakeTheRevisionOfANodeBack() {
    put(9);
    put(5);
    assertThat(stored()).isEqualTo(rev(9).value());
    put(9);
    put(10);
    assertThat(stored()).isEqualTo(rev(10).value());
  }

  @Test
  void aNodeThatComesBackExpiresNoMore() throws Exception {
    put(5);
    index.transact(
        Write.all(
            new Write.Update(
                NODE,
                Item.EMPTY,
                java.util.Set.of(),
                new Write.Expiry.At(Instant.EPOCH),
                Condition.ALWAYS)));
    put(7);
    index.sweep(Instant.EPOCH.plusSeconds(9));
    assertThat(stored()).isEqualTo(rev(7).value());
  }

  @Test
  void aNodeThatPointsIntoThePackGoesWithTheCommit() {
    byte[] large = new byte[Stored.INLINE + 1];
    Cid cid = Cid.ofDagCbor(large);
    Map<Cid, Long> offsets = new HashMap<>(Map.of(cid, 7L));
    Write.Put node = CommitDraft.node(DID, rev(1), cid, large, pack(offsets));
    assertThat(CommitDraft.isLarge(node)).isTrue();
    assertThat(node.condition()).isEqualTo(Condition.ALWAYS);
    assertThat(CommitDraft.isLarge(CommitDraft.node(DID, rev(1), CID, SMALL, pack(offsets))))
        .isFalse();
  }
}
