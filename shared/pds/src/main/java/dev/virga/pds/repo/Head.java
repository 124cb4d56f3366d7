package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Item;
import org.jspecify.annotations.Nullable;

/**
 * What is current in a repository: its last commit and its state.
 *
 * @param etag changes whenever the head does; every write of it demands the one it read
 * @param state whether the repository may be written and read
 * @param rev the revision of the last commit
 * @param commit the CID of the last commit
 * @param commitBlock its bytes, some 200
 * @param root the root of its tree
 * @param young the tree nodes that are still in packs only
 * @param pending the revision of a commit that was decided on but not yet applied; null otherwise
 */
@SuppressWarnings("ArrayRecordComponent")
public record Head(
    String etag,
    RepoState state,
    Tid rev,
    Cid commit,
    byte[] commitBlock,
    Cid root,
    YoungNodes young,
    @Nullable Tid pending) {
  /** More than its item ever has. */
  static final int MOST_BYTES = 4_000;

  /**
   * Reads a head.
   *
   * @throws IllegalArgumentException or IllegalStateException if the item is damaged
   */
  public static Head from(Item item) {
    return new Head(
        item.requireText("etag"),
        RepoState.fromText(item.requireText("state")),
        Tid.parse(item.requireText("rev")),
        Cid.fromBytes(item.requireBytes("commit")),
        item.requireBytes("block"),
        Cid.fromBytes(item.requireBytes("root")),
        item.bytes("young").map(YoungNodes::unpack).orElse(YoungNodes.NONE),
        item.text("pending").map(Tid::parse).orElse(null));
  }

  Item toItem() {
    return Item.builder()
        .text("etag", etag)
        .text("state", state.text())
        .text("rev", rev.toString())
        .bytes("commit", commit.toBytes())
        .bytes("block", commitBlock)
        .bytes("root", root.toBytes())
        .bytes("young", young.pack())
        .text("pending", pending == null ? null : pending.toString())
        .build();
  }

  /**
   * When it was last written: as its revision says, or later by a change that was no commit, with
   * which every etag begins. Whatever comes next must be later, whatever its clock says, as events
   * are told in the order of their times.
   */
  public Tid changed() {
    int end = etag.indexOf('+');
    String at = end < 0 ? etag : etag.substring(0, end);
    Tid changed = Tid.isValid(at) ? Tid.parse(at) : rev;
    return changed.compareTo(rev) > 0 ? changed : rev;
  }

  Head withState(RepoState newState, String newEtag) {
    return new Head(newEtag, newState, rev, commit, commitBlock, root, young, pending);
  }

  Head withYoung(YoungNodes newYoung, String newEtag) {
    return new Head(newEtag, state, rev, commit, commitBlock, root, newYoung, pending);
  }

  Head withPending(Tid newPending) {
    return new Head(
        newPending + "+pending", state, rev, commit, commitBlock, root, young, newPending);
  }
}
