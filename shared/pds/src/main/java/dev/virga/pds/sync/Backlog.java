package dev.virga.pds.sync;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Change;
import dev.virga.pds.store.Changes;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The outbox items of an account that wait, though the change feed was to have brought them: before
 * others that the {@link Sequencer} was fed, or in an account where nothing happens any more.
 */
public final class Backlog {
  /** Taken at once: some megabytes mostly. */
  private static final int MAX_ITEMS = 500;

  private static final int PAGE = 50;

  private Backlog() {}

  /**
   * Gives a listener what waits in the outbox of an account, as if the feed had brought it, oldest
   * first. If nothing does, that is one small read.
   *
   * @return the number of items
   * @throws Exception of the listener; doing it again is harmless
   */
  public static int deliver(Index index, Did did, Changes.Listener listener) throws Exception {
    int delivered = 0;
    Range left = Outbox.all();
    Map<Key, Item> waiting = oldest(index, did.text(), left);
    while (!waiting.isEmpty()) {
      List<Change> changes = new ArrayList<>();
      for (Map.Entry<Key, Item> entry : waiting.entrySet()) {
        changes.add(new Change(entry.getKey(), Optional.empty(), Optional.of(entry.getValue())));
      }
      listener.accept(changes);
      delivered += changes.size();
      left = left.after(changes.getLast().key().sort());
      waiting = oldest(index, did.text(), left);
    }
    return delivered;
  }

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
