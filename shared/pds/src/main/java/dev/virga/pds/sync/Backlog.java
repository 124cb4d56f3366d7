package dev.virga.pds.sync;

import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds the outbox items that wait before others of their account, for the {@link Sequencer}. */
final class Backlog {
  /** Taken at once: some megabytes mostly. */
  private static final int MAX_ITEMS = 500;

  private static final int PAGE = 50;

  private Backlog() {}

  /**
   * The oldest of the items that wait at the end of a range, oldest first. Before the last one that
   * does not wait none does, so mostly one look at one item is enough.
   */
  static Map<Key, Item> oldest(Index index, String did, Range range) {
    ArrayDeque<Entry> found = new ArrayDeque<>();
    Range left = range;
    int limit = 1;
    Page page;
    do {
      page = index.query(Query.backward(did, left, limit));
      for (Entry entry : page.entries()) {
        if (!Outbox.waits(entry.item())) {
          return inOrder(found);
        }
        found.addFirst(entry);
        if (found.size() > MAX_ITEMS) {
          found.removeLast();
        }
        left = left.before(entry.key().sort());
      }
      limit = PAGE;
    } while (page.more());
    return inOrder(found);
  }

  private static Map<Key, Item> inOrder(ArrayDeque<Entry> entries) {
    Map<Key, Item> items = new LinkedHashMap<>();
    entries.forEach(entry -> items.put(entry.key(), entry.item()));
    return items;
  }
}
