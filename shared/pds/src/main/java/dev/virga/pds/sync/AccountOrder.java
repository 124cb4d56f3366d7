package dev.virga.pds.sync;

import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Puts the items of a batch in the order in which the {@link Sequencer} must take them: as they
 * came, but those of an account by their keys, in the places that the account has.
 */
final class AccountOrder {
  private static final Comparator<Key> BY_ACCOUNT_AND_TIME =
      Comparator.comparing(Key::partition).thenComparing(Key::sort);

  private final Map<Key, Item> fed;
  private final NavigableMap<Key, Item> sorted = new TreeMap<>(BY_ACCOUNT_AND_TIME);

  AccountOrder(Map<Key, Item> fed) {
    this.fed = fed;
    sorted.putAll(fed);
  }

  List<Key> firstOfEachAccount() {
    Map<String, Key> first = new LinkedHashMap<>();
    sorted.keySet().forEach(key -> first.putIfAbsent(key.partition(), key));
    return List.copyOf(first.values());
  }

  Map<Key, Item> items() {
    Map<String, Iterator<Map.Entry<Key, Item>>> accounts = new HashMap<>();
    Map<Key, Item> ordered = new LinkedHashMap<>();
    for (Key key : fed.keySet()) {
      Map.Entry<Key, Item> next =
          accounts
              .computeIfAbsent(
                  key.partition(),
                  did -> sorted.tailMap(new Key(did, Outbox.PREFIX)).entrySet().iterator())
              .next();
      ordered.put(next.getKey(), next.getValue());
    }
    return ordered;
  }
}
