package dev.virga.pds.repo;

import dev.virga.atproto.data.BlobRef;
import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.RepoPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that a client wants done to one record. */
public sealed interface RecordIntent {
  RepoPath path();

  /**
   * Makes a record where there must be none.
   *
   * @param only whether an earlier record with the same {@code unique} claim is to go
   */
  record Create(RepoPath path, Prepared record, boolean only) implements RecordIntent {}

  /** Makes a record or replaces it; the same record again is no change. */
  record Put(RepoPath path, Prepared record, Swap swap) implements RecordIntent {}

  /** Replaces a record that must be there. */
  record Update(RepoPath path, Prepared record) implements RecordIntent {}

  /**
   * Removes a record.
   *
   * @param mustExist whether it is an error if there is none
   */
  record Delete(RepoPath path, Swap swap, boolean mustExist) implements RecordIntent {}

  /**
   * A record ready to be stored.
   *
   * @param bytes its DAG-CBOR
   * @param blobs what it refers to
   * @param unique what there should be one such record for only (one like of a post); null where
   *     there may be many
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Prepared(byte[] bytes, Cid cid, List<BlobRef> blobs, @Nullable String unique) {}

  /** What the client believes to be there. */
  sealed interface Swap {
    /** It does not say. */
    record Any() implements Swap {}

    /** Nothing. */
    record Nothing() implements Swap {}

    /** This record. */
    record Exactly(Cid cid) implements Swap {}

    Swap ANY = new Any();
  }
}
