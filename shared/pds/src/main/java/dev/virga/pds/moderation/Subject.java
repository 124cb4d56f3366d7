package dev.virga.pds.moderation;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.repo.RepoPath;
import dev.virga.atproto.syntax.Did;

/** What a moderator decides about. */
public sealed interface Subject {
  Did did();

  /** An account with all it has. */
  record OfAccount(Did did) implements Subject {}

  /** The record at a path, whatever its version. */
  record OfRecord(Did did, RepoPath path) implements Subject {}

  /** A blob of an account. */
  record OfBlob(Did did, Cid cid) implements Subject {}
}
