package dev.virga.pds.jetstream;

import dev.virga.atproto.data.DataException;
import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.atproto.syntax.Nsid;
import dev.virga.pds.XrpcException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What one subscriber wants to see; part of a {@link Subscription}, and replaced by an options
 * update.
 *
 * @param dids accounts; empty for all
 * @param collections collections by their whole name
 * @param prefixes beginnings of collections, each with a dot at its end; without these and
 *     collections all are wanted
 * @param maxBytes the longest event; 0 for any
 */
record Filter(Set<Did> dids, Set<String> collections, List<String> prefixes, long maxBytes) {
  static final int MAX_COLLECTIONS = 100;
  static final int MAX_DIDS = 10_000;

  /** Of an NSID; what is longer is the beginning of none. */
  private static final int MAX_PREFIX = 317;

  static final Filter ALL = new Filter(Set.of(), Set.of(), List.of(), 0);

  Filter {
    dids = Set.copyOf(dids);
    collections = Set.copyOf(collections);
    prefixes = List.copyOf(prefixes);
  }

  /**
   * A filter as subscribers describe it.
   *
   * @param wantedCollections names such as {@code app.bsky.feed.post}, or {@code app.bsky.*}
   * @param maxBytes what is not positive means no limit
   * @throws XrpcException 400 InvalidRequest if one is malformed, or there are too many different
   *     ones
   */
  static Filter of(List<String> wantedCollections, List<String> wantedDids, long maxBytes) {
    Set<String> collections = new HashSet<>();
    Set<String> prefixes = new LinkedHashSet<>();
    for (String wanted : wantedCollections) {
      if (wanted.endsWith(".*") && wanted.length() <= MAX_PREFIX) {
        prefixes.add(wanted.substring(0, wanted.length() - 1));
      } else if (Nsid.isValid(wanted)) {
        collections.add(wanted);
      } else {
        throw invalid(
            "wantedCollections", wanted, "neither a collection nor a prefix ending in .*");
      }
      if (collections.size() + prefixes.size() > MAX_COLLECTIONS) {
        throw tooMany("wantedCollections", MAX_COLLECTIONS);
      }
    }
    Set<Did> dids = new HashSet<>();
    for (String wanted : wantedDids) {
      if (!Did.isValid(wanted)) {
        throw invalid("wantedDids", wanted, "not a DID");
      }
      dids.add(new Did(wanted));
      if (dids.size() > MAX_DIDS) {
        throw tooMany("wantedDids", MAX_DIDS);
      }
    }
    return new Filter(dids, collections, List.copyOf(prefixes), Math.max(0, maxBytes));
  }

  private static XrpcException invalid(String option, String value, String problem) {
    String shown = value.length() <= 100 ? value : value.substring(0, 100) + "…";
    return XrpcException.invalidRequest("%s: %s: %s".formatted(option, problem, shown));
  }

  private static XrpcException tooMany(String option, int limit) {
    return XrpcException.invalidRequest("%s: more than %d".formatted(option, limit));
  }

  /**
   * Reads the payload of an options update, which is also how filters are stored.
   *
   * @throws DataException if a field is of another type
   * @throws XrpcException as {@link #of}
   */
  static Filter from(Value.Obj payload) {
    return of(
        texts(payload, "wantedCollections"),
        texts(payload, "wantedDids"),
        switch (payload.get("maxMessageSizeBytes").orElse(Value.Null.NULL)) {
          case Value.Int(long number) -> number;
          case Value.Null _ -> 0;
          default -> throw new DataException("maxMessageSizeBytes must be a whole number");
        });
  }

  private static List<String> texts(Value.Obj payload, String name) {
    return switch (payload.get(name).orElse(Value.Null.NULL)) {
      case Value.Array(List<Value> items) -> items.stream().map(item -> text(item, name)).toList();
      case Value.Null _ -> List.of();
      default -> throw new DataException(name + " must be an array of strings");
    };
  }

  private static String text(Value item, String name) {
    if (item instanceof Value.Text(String text)) {
      return text;
    }
    throw new DataException(name + " must be an array of strings");
  }

  /** The payload of an options update that sets this filter. */
  String toJson() {
    List<String> wanted = new ArrayList<>(collections);
    prefixes.forEach(prefix -> wanted.add(prefix + "*"));
    return DataJson.toText(
        Value.Obj.builder()
            .put("wantedCollections", array(wanted))
            .put("wantedDids", array(dids.stream().map(Did::text).toList()))
            .put("maxMessageSizeBytes", maxBytes)
            .build());
  }

  private static Value array(List<String> texts) {
    return new Value.Array(texts.stream().sorted().<Value>map(Value.Text::new).toList());
  }

  /**
   * Whether events of a topic are wanted; those about identities and accounts have no collection.
   */
  boolean wants(Topic topic) {
    if (!dids.isEmpty() && !dids.contains(topic.did())) {
      return false;
    }
    String collection = topic.collection();
    return collection == null
        || (collections.isEmpty() && prefixes.isEmpty())
        || collections.contains(collection)
        || prefixes.stream().anyMatch(collection::startsWith);
  }

  /** Whether an event goes to the subscriber. */
  boolean admits(JetstreamEvent event) {
    return wants(event.topic()) && (maxBytes == 0 || event.json().length <= maxBytes);
  }
}
