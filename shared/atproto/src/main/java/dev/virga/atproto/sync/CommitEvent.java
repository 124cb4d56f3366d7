package dev.virga.atproto.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Tid;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
  /** Operations in one event; atproto.com/specs/sync, "limits". */
  public static final int MAX_OPS = 200;

  /** Bytes of blocks in one event; what needs more is told by {@code #sync}. */
  public static final int MAX_BLOCKS = 2_000_000;

  static final String TYPE = "#commit";

  /**
   * Keeps the limits of one event.
   *
   * @throws DataException if there are too many operations or blocks
   */
  public CommitEvent {
    ops = List.copyOf(ops);
    if (ops.size() > MAX_OPS) {
      throw new DataException("more than " + MAX_OPS + " operations in a commit");
    }
    if (blocks.length > MAX_BLOCKS) {
      throw new DataException("more than " + MAX_BLOCKS + " bytes of blocks in a commit");
    }
  }

  /**
   * What the commit did to one record.
   *
   * @param action {@code create}, {@code update} or {@code delete}
   * @param cid the record now; null if it was deleted
   * @param prev the record before; null if it was created, and then absent
   */
  public record Op(String action, String path, @Nullable Cid cid, @Nullable Cid prev) {
    private static final Set<String> ACTIONS = Set.of("create", "update", "delete");

    public Op {
      if (!ACTIONS.contains(action)) {
        throw new DataException("an operation must be create, update or delete");
      }
    }

    private void write(EventWriter out) {
      out.map(prev == null ? 3 : 4);
      out.nullableLink("cid", cid);
      out.text("path", path);
      out.optionalLink("prev", prev);
      out.text("action", action);
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

  void write(EventWriter out) {
    out.begin(prevData == null ? 9 : 10);
    out.array("ops", ops.size());
    ops.forEach(op -> op.write(out));
    out.text("rev", rev.toString());
    out.seq();
    out.text("repo", did.text());
    out.time();
    out.array("blobs", 0); // No longer told, but still required.
    out.nullableText("since", since == null ? null : since.toString());
    out.blocks("blocks", blocks);
    out.nullableLink("commit", commit);
    out.bool("rebase", false);
    out.bool("tooBig", false);
    out.optionalLink("prevData", prevData);
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

  @Override
  public boolean equals(Object other) {
    return other instanceof CommitEvent that
        && did.equals(that.did)
        && rev.equals(that.rev)
        && Objects.equals(since, that.since)
        && commit.equals(that.commit)
        && Arrays.equals(blocks, that.blocks)
        && ops.equals(that.ops)
        && Objects.equals(prevData, that.prevData);
  }

  @Override
  public int hashCode() {
    return commit.hashCode();
  }
}
