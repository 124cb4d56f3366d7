package dev.virga.atproto.repo;

import static dev.virga.atproto.repo.Trees.RECORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InversionTest {
  private static final RepoPath A = RepoPath.parse("com.example.x/a");
  private static final RepoPath B = RepoPath.parse("com.example.x/b");
  private static final Cid OTHER = Trees.record(1);

  private final Mst before = Trees.of(List.of(A.toString()));
  private final TreeChange change =
      TreeChange.apply(
          before, List.of(new RecordWrite.Create(B, OTHER), new RecordWrite.Update(A, OTHER)));

  private void verify(List<RepoOp> ops, Cid prevData) {
    Inversion.verify(change.after().root(), BlockSource.of(change.coveringNodes()), ops, prevData);
  }

  @Test
  void aTrueCommitPasses() {
    verify(change.ops(), before.root());
    assertThat(Inversion.undo(change.after(), change.ops())).isEqualTo(before.root());
    verify(List.of(), change.after().root());
  }

  @Test
  void anotherTreeBeforeFails() {
    assertThatThrownBy(() -> verify(change.ops(), Mst.empty().root()))
        .isInstanceOf(DataException.class);
  }

  @Test
  void anOperationLeftOutFails() {
    for (RepoOp op : change.ops()) {
      assertThatThrownBy(() -> verify(List.of(op), before.root()))
          .isInstanceOf(DataException.class);
    }
  }

  @Test
  void operationsThatDoNotDescribeTheTreeFail() {
    RepoOp update = RepoOp.update(A, OTHER, RECORD);
    for (RepoOp wrong :
        List.of(
            RepoOp.create(B, RECORD),
            RepoOp.delete(B, OTHER),
            RepoOp.update(B, RECORD, OTHER),
            RepoOp.create(RepoPath.parse("com.example.x/c"), OTHER))) {
      assertThatThrownBy(() -> verify(List.of(update, wrong), before.root()))
          .isInstanceOf(DataException.class);
    }
  }

  @Test
  void twoOperationsOnOnePathFail() {
    RepoOp create = RepoOp.create(B, OTHER);
    assertThatThrownBy(() -> verify(List.of(create, create), before.root()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(B.toString());
  }

  @Test
  void operationsWithCidsThatDoNotFitTheActionCannotBeMade() {
    for (RepoOp.Action action : RepoOp.Action.values()) {
      assertThatThrownBy(() -> new RepoOp(action, A, null, null))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new RepoOp(RepoOp.Action.DELETE, A, RECORD, RECORD))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(RepoOp.delete(A, RECORD).action().text()).isEqualTo("delete");
  }

  @Test
  void aNodeThatIsNotCoveredIsNamed() {
    Mst tree = Trees.of(Trees.model(new SplittableRandom(6), 2_000));
    RepoPath path = RepoPath.parse("app.bsky.feed.post/3lzzz");
    TreeChange inserted = TreeChange.apply(tree, List.of(new RecordWrite.Create(path, RECORD)));
    Map<Cid, byte[]> covering = new HashMap<>(inserted.coveringNodes());
    Inversion.verify(
        inserted.after().root(), BlockSource.of(covering), inserted.ops(), tree.root());
    covering.remove(inserted.after().root());
    assertThatThrownBy(
            () ->
                Inversion.verify(
                    inserted.after().root(), BlockSource.of(covering), inserted.ops(), tree.root()))
        .isInstanceOf(MissingBlockException.class);
  }
}
