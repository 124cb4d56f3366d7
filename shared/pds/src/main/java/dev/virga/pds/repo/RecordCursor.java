package dev.virga.pds.repo;

import static java.util.Objects.requireNonNull;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Ahead;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the record items of a repository in the order of their paths, page by page; while
 * one page is used the next is read, and no more than that.
 */
final class RecordCursor {
  private static final int PAGE = 1_000;

  private final Did did;
  private final Index index;
  private final Executor ahead;
  private @Nullable Ahead<Page> coming;
  private Iterator<Entry> entries = List.<Entry>of().iterator();

  /** The entry that is due, unless it was sought already. */
  private @Nullable Entry next;

  /**
   * A cursor before the first record.
   *
   * @param ahead runs the queries, at once or beside the caller
   */
  RecordCursor(Did did, Index index, Executor ahead) {
    this.did = did;
    this.index = index;
    this.ahead = ahead;
    this.coming = query(RepoKeys.records());
  }

  private Ahead<Page> query(Range range) {
    return Ahead.begin(() -> index.query(Query.forward(did.text(), range, PAGE)), ahead);
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
    while (!entries.hasNext() && coming != null) {
      Page page = coming.get();
      entries = page.entries().iterator();
      coming =
          page.more()
              ? query(RepoKeys.records().after(page.entries().getLast().key().sort()))
              : null;
    }
    if (!entries.hasNext()) {
      return false;
    }
    next = entries.next();
    return true;
  }
}
