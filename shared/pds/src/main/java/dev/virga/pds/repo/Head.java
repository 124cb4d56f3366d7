package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;
import dev.virga.pds.store.Item;
import java.util.ArrayList;
import java.util.List;
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
 * @param path the tree nodes that the last commit wrote, which the next one will very likely need
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
    List<Cid> path,
    @Nullable Tid pending) {
  public Head {
    path = List.copyOf(path);
  }

  static Head from(Item item) {
    return new Head(
        item.requireText("etag"),
        RepoState.fromText(item.requireText("state")),
        Tid.parse(item.requireText("rev")),
        Cid.fromBytes(item.requireBytes("commit")),
        item.requireBytes("block"),
        Cid.fromBytes(item.requireBytes("root")),
        Cids.unpack(item.bytes("path").orElse(new byte[0])),
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
        .bytes("path", Cids.pack(path))
        .text("pending", pending == null ? null : pending.toString())
        .build();
  }

  Head withState(RepoState newState, String newEtag) {
    return new Head(newEtag, newState, rev, commit, commitBlock, root, path, pending);
  }

  Head withPending(Tid newPending) {
    return new Head(
        newPending + "+pending", state, rev, commit, commitBlock, root, path, newPending);
  }

  /** Lists of CIDs as one run of bytes, 36 each. */
  static final class Cids {
    private Cids() {}

    static byte[] pack(List<Cid> cids) {
      byte[] bytes = new byte[cids.size() * Cid.LENGTH];
      for (int i = 0; i < cids.size(); i++) {
        cids.get(i).copyTo(bytes, i * Cid.LENGTH);
      }
      return bytes;
    }

    static List<Cid> unpack(byte[] bytes) {
      List<Cid> cids = new ArrayList<>(bytes.length / Cid.LENGTH);
      for (int at = 0; at < bytes.length; at += Cid.LENGTH) {
        cids.add(Cid.fromBytes(bytes, at, Cid.LENGTH));
      }
      return cids;
    }
  }
}
