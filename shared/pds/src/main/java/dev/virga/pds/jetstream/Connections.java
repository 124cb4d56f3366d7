package dev.virga.pds.jetstream;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Page;
import dev.virga.pds.store.Query;
import dev.virga.pds.store.Range;
import dev.virga.pds.store.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that the gateway holds, in one partition of the Index, so that one query finds
 * them all.
 *
 * <p>Long filters lie in items of their own and are kept in memory by their version: an attacker's
 * filter is not read again for every event.
 */
final class Connections {
  /** Longer than the gateway keeps any connection, which is 2 hours. */
  private static final Duration LIFETIME = Duration.ofMinutes(130);

  private static final String PARTITION = "websocket";
  private static final String FILTERS = "websocket#filter";
  private static final Range ALL = new Range("!", "~");

  /** Bytes of a filter that lies within the connection's item. */
  private static final int INLINE = 1_024;

  /** Accounts in the filters that are kept in memory, some 150 bytes each. */
  private static final int MAX_KEPT_DIDS = 100_000;

  private final Index index;
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private int keptDids;

  private record Kept(long version, Filter filter) {}

  Connections(Index index) {
    this.index = index;
  }

  /** Whether there are no connections; may miss one that has just come. */
  boolean none() {
    return index
        .query(new Query(PARTITION, ALL, false, 1, Query.Consistency.STALE))
        .entries()
        .isEmpty();
  }

  /** Everyone, by order of id. */
  List<Connection> all() {
    List<Connection> all = new ArrayList<>();
    @Nullable String reached = null;
    Page page;
    do {
      page = index.query(Query.forward(PARTITION, ALL.after(reached), Query.MAX_LIMIT));
      for (Entry entry : page.entries()) {
        reached = entry.key().sort();
        all.add(connection(reached, entry.item()));
      }
    } while (page.more());
    return all;
  }

  Optional<Connection> find(String id) {
    return index.get(key(id)).map(item -> connection(id, item));
  }

  private static Connection connection(String id, Item item) {
    OptionalLong cursor =
        item.number("cursor").map(OptionalLong::of).orElseGet(OptionalLong::empty);
    Connection.State state =
        item.flag("hello")
            ? new Connection.State.AwaitsHello(cursor)
            : item.number("position")
                .<Connection.State>map(Connection.State.Behind::new)
                .orElseGet(Connection.State.Live::new);
    return new Connection(
        id,
        Instant.ofEpochMilli(item.requireNumber("connected")),
        state,
        item.number("filterVersion")
            .<Connection.FilterText>map(Connection.FilterText.Apart::new)
            .orElseGet(() -> new Connection.FilterText.Inline(item.text("filter").orElse(""))),
        item.number("failing").map(Instant::ofEpochMilli).orElse(null));
  }

  /**
   * Remembers a connection.
   *
   * @param state anything but live
   */
  void add(String id, Instant now, Connection.State state, Filter filter) {
    Item.Builder item = Item.builder().number("connected", now.toEpochMilli());
    switch (state) {
      case Connection.State.AwaitsHello(OptionalLong cursor) -> {
        item.flag("hello", true);
        cursor.ifPresent(given -> item.number("cursor", given));
      }
      case Connection.State.Behind(long position) -> item.number("position", position);
      case Connection.State.Live _ ->
          throw new IllegalArgumentException("a connection becomes live by catching up");
    }
    List<Write> writes = new ArrayList<>();
    setFilter(id, filter, now, item, writes);
    writes.add(new Write.Put(key(id), item.build(), now.plus(LIFETIME), Condition.ALWAYS));
    try {
      index.transact(writes);
    } catch (ConditionFailedException e) {
      throw new IllegalStateException("no condition was made", e);
    }
  }

  /**
   * Replaces a filter.
   *
   * @param start where to begin, if the connection waited for this; empty to go on
   */
  void update(Connection connection, Filter filter, OptionalLong start, Instant now) {
    Item.Builder set = Item.builder();
    List<Write> writes = new ArrayList<>();
    boolean apart = setFilter(connection.id(), filter, now, set, writes);
    List<String> remove = new ArrayList<>(List.of(apart ? "filter" : "filterVersion"));
    start.ifPresent(
        position -> {
          set.number("position", position);
          remove.addAll(List.of("hello", "cursor"));
        });
    writes.add(
        new Write.Update(
            key(connection.id()),
            set.build(),
            Set.copyOf(remove),
            new Write.Expiry.Keep(),
            Condition.PRESENT));
    unlessGone(writes);
  }

  /** Puts a filter into the connection's item, or beside it; says whether beside it. */
  private static boolean setFilter(
      String id, Filter filter, Instant now, Item.Builder item, List<Write> writes) {
    String json = filter.equals(Filter.ALL) ? "" : filter.toJson();
    if (json.length() <= INLINE) {
      item.text("filter", json);
      return false;
    }
    // Of two updates within a millisecond either may win; their order is lost at the gateway.
    item.number("filterVersion", now.toEpochMilli());
    writes.add(
        new Write.Put(
            filterKey(id),
            Item.builder().text("filter", json).build(),
            now.plus(LIFETIME),
            Condition.ALWAYS));
    return true;
  }

  /** Notes that a connection has every event up to where the turn is. */
  void caughtUp(String id) {
    change(id, Item.EMPTY, Set.of("position", "failing"));
  }

  /** Notes how far a connection is by itself, and since when it is failing, if it is. */
  void reached(String id, long position, @Nullable Instant failing) {
    Item.Builder set = Item.builder().number("position", position);
    if (failing == null) {
      change(id, set.build(), Set.of("failing"));
    } else {
      change(id, set.number("failing", failing.toEpochMilli()).build(), Set.of());
    }
  }

  private void change(String id, Item set, Set<String> remove) {
    unlessGone(
        List.of(
            new Write.Update(key(id), set, remove, new Write.Expiry.Keep(), Condition.PRESENT)));
  }

  private void unlessGone(List<Write> writes) {
    try {
      index.transact(writes);
    } catch (ConditionFailedException e) {
      // it was removed meanwhile and must not come back
    }
  }

  /** Forgets a connection, if it is there. */
  void remove(String id) {
    index.writeEach(List.of(Write.delete(key(id)), Write.delete(filterKey(id))));
    forget(id);
  }

  /** The filter of a connection. */
  Filter filter(Connection connection) {
    return switch (connection.filter()) {
      case Connection.FilterText.Inline(String json) -> parsed(json);
      case Connection.FilterText.Apart(long version) -> apart(connection.id(), version);
    };
  }

  private Filter apart(String id, long version) {
    synchronized (kept) {
      Kept known = kept.get(id);
      if (known != null && known.version() == version) {
        return known.filter();
      }
    }
    Filter filter =
        parsed(index.get(filterKey(id)).map(item -> item.requireText("filter")).orElse(""));
    synchronized (kept) {
      forget(id);
      kept.put(id, new Kept(version, filter));
      keptDids += filter.dids().size();
      while (keptDids > MAX_KEPT_DIDS) {
        forget(kept.keySet().iterator().next());
      }
    }
    return filter;
  }

  private void forget(String id) {
    synchronized (kept) {
      Kept known = kept.remove(id);
      keptDids -= known == null ? 0 : known.filter().dids().size();
    }
  }

  private static Filter parsed(String json) {
    return !json.isEmpty()
            && DataJson.parse(json.getBytes(StandardCharsets.UTF_8)) instanceof Value.Obj payload
        ? Filter.from(payload)
        : Filter.ALL;
  }

  private static Key key(String id) {
    return new Key(PARTITION, id);
  }

  private static Key filterKey(String id) {
    return new Key(FILTERS, id);
  }
}
