package dev.virga.pds.store;

import java.util.List;

/**
 * Part of the answer to a query.
 *
 * @param more whether the range may hold further entries beyond the last one given; a page may be
 *     short, even empty, with more to come only if a backend says so by this flag
 */
public record Page(List<Entry> entries, boolean more) {
  public Page {
    entries = List.copyOf(entries);
  }
}
