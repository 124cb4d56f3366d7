package dev.virga.atproto.repo;

import dev.virga.atproto.data.Cid;

/** A write to one record of a repository, before it is applied to the tree. */
public sealed interface RecordWrite {
  RepoPath path();

  /** A new record where there is none. */
  record Create(RepoPath path, Cid cid) implements RecordWrite {}

  /** Another version of an existing record. */
  record Update(RepoPath path, Cid cid) implements RecordWrite {}

  /** The end of an existing record. */
  record Delete(RepoPath path) implements RecordWrite {}
}
