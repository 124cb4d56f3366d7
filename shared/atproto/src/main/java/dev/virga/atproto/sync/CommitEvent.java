package dev.virga.atproto.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code #commit}: a repository has a new commit.
 *
 * @param since the revision of the commit before; null for a repository's first
 * @param blocks a CAR with the commit, the tree nodes that undo the operations, and the new records
 * @param prevData the root of the tree before; null for a repository's first commit, and then
 *     absent
 */
@SuppressWarnings("ArrayRecordComponent")
public record CommitEvent(
    Did did,
    Tid rev,
    @Nullable Tid since,
    Cid commit,
    byte[] blocks,
    List<Op> ops,
    @Nullable Cid prevData)
    implements EventBody {
  static final String TYPE = "#commit";

  public CommitEvent {
    ops = List.copyOf(ops);
  }

  /**
   * What the commit did to one record.
   *
   * @param action {@code create}, {@code update} or {@code delete}
   * @param cid the record now; null if it was deleted
   * @param prev the record before; null if it was created, and then absent
   */
  public record Op(String action, String path, @Nullable Cid cid, @Nullable Cid prev) {
    private Value toValue() {
      Value.Builder fields =
          Value.Obj.builder()
              .put("action", action)
              .put("path", path)
              .put("cid", cid == null ? Value.Null.NULL : Value.of(cid));
      return prev == null ? fields.build() : fields.put("prev", prev).build();
    }

    private static Op from(Value value) {
      if (!(value instanceof Value.Obj obj)) {
        throw new DataException("an operation that is not a map");
      }
      Fields fields = new Fields(obj);
      return new Op(
          fields.text("action"),
          fields.text("path"),
          fields.optionalLink("cid").orElse(null),
          fields.optionalLink("prev").orElse(null));
    }
  }

  /** The same commit with its blocks, which are kept apart when stored. */
  public CommitEvent withBlocks(byte[] car) {
    return new CommitEvent(did, rev, since, commit, car, ops, prevData);
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Value.Obj fields() {
    List<Value> operations = new ArrayList<>(ops.size());
    ops.forEach(op -> operations.add(op.toValue()));
    Value.Builder fields =
        Value.Obj.builder()
            .put("repo", did.text())
            .put("rev", rev.toString())
            .put("since", since == null ? Value.Null.NULL : Value.of(since.toString()))
            .put("commit", commit)
            .put("blocks", new Value.Bytes(blocks))
            .put("ops", new Value.Array(operations))
            .put("blobs", new Value.Array(List.of()))
            .put("rebase", false)
            .put("tooBig", false);
    return prevData == null ? fields.build() : fields.put("prevData", prevData).build();
  }

  static CommitEvent from(Fields fields) {
    return new CommitEvent(
        Did.parse(fields.text("repo")),
        Tid.parse(fields.text("rev")),
        fields.optionalText("since").map(Tid::parse).orElse(null),
        fields.link("commit"),
        fields.bytes("blocks"),
        fields.array("ops").stream().map(Op::from).toList(),
        fields.optionalLink("prevData").orElse(null));
  }
}
