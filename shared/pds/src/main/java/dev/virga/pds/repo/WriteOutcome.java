package dev.virga.pds.repo;

import dev.virga.atproto.data.Cid;
import dev.virga.atproto.syntax.Tid;

/** What became of a write. */
public sealed interface WriteOutcome {
  /** A commit was made. */
  record Committed(Cid commit, Tid rev) implements WriteOutcome {}

  /** Everything was as asked for already; no commit was made. */
  record Unchanged() implements WriteOutcome {}
}
