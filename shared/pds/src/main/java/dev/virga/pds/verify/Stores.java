package dev.virga.pds.verify;

import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import java.util.List;
import java.util.function.Consumer;

/** Goes through the two ports page by page: what all checks of this package stand on. */
record Stores(Index index, Objects objects) {
  private static final int PAGE = 500;

  /** Hands over the entries of a range in order, some hundred at a time. */
  void eachPage(String partition, Range range, Consumer<List<Entry>> pages) {
    Range rest = range;
    Page page;
    do {
      page = index.query(Query.forward(partition, rest, PAGE));
      if (!page.entries().isEmpty()) {
        pages.accept(page.entries());
        rest = rest.after(page.entries().getLast().key().sort());
      }
    } while (page.more());
  }

  void each(String partition, Range range, Consumer<Entry> entries) {
    eachPage(partition, range, page -> page.forEach(entries));
  }

  void each(Did did, Range range, Consumer<Entry> entries) {
    each(did.text(), range, entries);
  }

  void eachObject(String prefix, Consumer<Objects.Listed> objectsFound) {
    Objects.Listing listing = objects.list(prefix, null);
    listing.objects().forEach(objectsFound);
    while (listing.next() != null) {
      listing = objects.list(prefix, listing.next());
      listing.objects().forEach(objectsFound);
    }
  }
}
