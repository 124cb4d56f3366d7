package dev.virga.atproto.sync;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Handle;
import dev.virga.atproto.syntax.Tid;
import java.time.Instant;
import java.util.List;

/** Events of every kind for the tests of this package. */
final class Samples {
  static final Did DID = Did.parse("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
  static final Tid REV = Tid.parse("3jqfcqzm3fo2j");
  static final Tid SINCE = Tid.parse("3jqfcqzm3fn2j");
  static final Instant TIME = Instant.parse("2026-01-02T03:04:05.006Z");
  static final String TIME_TEXT = "2026-01-02T03:04:05.006Z";
  static final byte[] BLOCKS = {9, 8, 7};
  static final Cid A = Cid.ofDagCbor(new byte[] {1});
  static final Cid B = Cid.ofDagCbor(new byte[] {2});
  static final Cid C = Cid.ofDagCbor(new byte[] {3});

  static final CommitEvent COMMIT =
      new CommitEvent(
          DID,
          REV,
          SINCE,
          A,
          BLOCKS,
          List.of(
              new CommitEvent.Op("create", "app.bsky.feed.post/a", B, null),
              new CommitEvent.Op("update", "app.bsky.feed.post/b", B, C),
              new CommitEvent.Op("delete", "app.bsky.feed.post/c", null, C)),
          B);
  static final CommitEvent FIRST_COMMIT =
      new CommitEvent(DID, REV, null, A, BLOCKS, List.of(), null);
  static final SyncEvent SYNC = new SyncEvent(DID, REV, BLOCKS);
  static final IdentityEvent IDENTITY = new IdentityEvent(DID, Handle.parse("alice.test"));
  static final AccountEvent ACCOUNT = AccountEvent.inactive(DID, AccountEvent.DEACTIVATED);

  static final List<EventBody> ALL =
      List.of(
          COMMIT,
          FIRST_COMMIT,
          SYNC,
          IDENTITY,
          new IdentityEvent(DID, null),
          ACCOUNT,
          AccountEvent.active(DID));

  private Samples() {}

  /** The payload of {@link #COMMIT} as a tree, for comparing with what is written without one. */
  static Value.Builder commitPayload() {
    return Value.Obj.builder()
        .put("seq", 7)
        .put("time", TIME_TEXT)
        .put("repo", DID.text())
        .put("rev", REV.toString())
        .put("since", SINCE.toString())
        .put("commit", A)
        .put("blocks", new Value.Bytes(BLOCKS))
        .put("prevData", B)
        .put("blobs", new Value.Array(List.of()))
        .put("rebase", false)
        .put("tooBig", false)
        .put(
            "ops",
            new Value.Array(
                List.of(
                    op("create", "app.bsky.feed.post/a").put("cid", B).build(),
                    op("update", "app.bsky.feed.post/b").put("cid", B).put("prev", C).build(),
                    op("delete", "app.bsky.feed.post/c")
                        .put("cid", Value.Null.NULL)
                        .put("prev", C)
                        .build())));
  }

  private static Value.Builder op(String action, String path) {
    return Value.Obj.builder().put("action", action).put("path", path);
  }
}
