package dev.virga.bench.library;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.Mst;
import dev.virga.atproto.repo.MstDiff;
import dev.virga.atproto.repo.MstEntry;
import dev.virga.atproto.repo.RecordWrite;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.repo.TreeChange;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Trees of one collection, of several sizes. */
@State(Scope.Benchmark)
public class TreeBench {
  @Param({"1000", "100000"})
  public int records;

  private List<MstEntry> entries = List.of();
  private Mst tree = Mst.empty();
  private Mst changed = Mst.empty();
  private String last = "";
  private String middle = "";
  private Cid value = Samples.cid(0);

  @Setup(Level.Trial)
  public void build() {
    entries = Samples.entries(records);
    tree = Mst.build(entries.iterator());
    last = Samples.path(records);
    middle = Samples.path(records / 2);
    changed = tree.insert(last, value).delete(middle);
    value = Samples.cid(records);
    Cid unused = changed.root();
  }

  @Benchmark
  public Cid insertAtTheEnd() {
    return tree.insert(last, value).root();
  }

  /** All that a createRecord asks of the tree: the new root, its nodes, the covering proof. */
  @Benchmark
  public Map<Cid, byte[]> changeOfOneCreate() {
    TreeChange change =
        TreeChange.apply(tree, List.of(new RecordWrite.Create(RepoPath.parse(last), value)));
    return change.newNodes();
  }

  @Benchmark
  public Map<Cid, byte[]> proof() {
    return tree.proof(middle);
  }

  @Benchmark
  public Map<Cid, byte[]> diffOfTwoChanges() {
    return MstDiff.between(tree, changed).newNodes();
  }

  @Benchmark
  public Cid buildFromSortedKeys() {
    return Mst.build(entries.iterator()).root();
  }
}
