package dev.virga.pds.repo;

import static java.util.Objects.requireNonNull;

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

  /** The entry that is due, unless it was sought already. */
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
    while (next != null || advance()) {
      Entry here = requireNonNull(next);
      if (RepoKeys.isRecord(here.key(), path)) {
        next = null;
        return Optional.of(here.item());
      }
      if (RepoKeys.recordPath(here.key()).compareTo(path) > 0) {
        return Optional.empty();
      }
      next = null;
    }
    return Optional.empty();
  }

  private boolean advance() {
    while (!entries.hasNext() && more) {
      Page page = index.query(Query.forward(did.text(), RepoKeys.records().after(reached), PAGE));
      entries = page.entries().iterator();
      more = page.more();
    }
    if (!entries.hasNext()) {
      return false;
    }
    Entry entry = entries.next();
    reached = entry.key().sort();
    next = entry;
    return true;
  }
}
