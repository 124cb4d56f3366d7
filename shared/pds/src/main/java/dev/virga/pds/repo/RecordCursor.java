package dev.virga.pds.repo;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Goes through the record items of a repository in the order of their paths, page by page. */
final class RecordCursor {
  private static final int PAGE = 1_000;

  private final Did did;
  private final Index index;
  private Iterator<Entry> entries = List.<Entry>of().iterator();
  private boolean more = true;
  private @Nullable String reached;
  private @Nullable Entry next;

  RecordCursor(Did did, Index index) {
    this.did = did;
    this.index = index;
  }

  /**
   * The item at a path, if there is one.
   *
   * @param path greater than that of the call before
   */
  Optional<Item> seek(String path) {
    String wanted = RepoKeys.record(did, path).sort();
    while (next == null || next.key().sort().compareTo(wanted) < 0) {
      if (!advance()) {
        return Optional.empty();
      }
    }
    return next.key().sort().equals(wanted) ? Optional.of(next.item()) : Optional.empty();
  }

  private boolean advance() {
    while (!entries.hasNext() && more) {
      Page page = index.query(Query.forward(did.text(), RepoKeys.records().after(reached), PAGE));
      entries = page.entries().iterator();
      more = page.more();
    }
    if (!entries.hasNext()) {
      next = null;
      return false;
    }
    next = entries.next();
    reached = next.key().sort();
    return true;
  }
}
