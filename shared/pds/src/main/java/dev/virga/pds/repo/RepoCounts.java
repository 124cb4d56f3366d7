package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;

/** Counts what a repository holds, for its owner to compare after a move. Reads all of it. */
public final class RepoCounts {
  private static final int PAGE = 1_000;

  private final Index index;

  public RepoCounts(Index index) {
    this.index = index;
  }

  /** The number of records. */
  public long records(Did did) {
    return count(did, RepoKeys.records());
  }

  /** The number of tree nodes; those replaced are left out as soon as their end is set. */
  public long nodes(Did did, Head head) {
    return head.young().size() + count(did, RepoKeys.nodes());
  }

  private long count(Did did, Range all) {
    long count = 0;
    Range range = all;
    Page page;
    do {
      page = index.query(Query.forward(did.text(), range, PAGE));
      count += page.entries().stream().filter(entry -> entry.expires() == null).count();
      if (!page.entries().isEmpty()) {
        range = range.after(page.entries().getLast().key().sort());
      }
    } while (page.more());
    return count;
  }
}
