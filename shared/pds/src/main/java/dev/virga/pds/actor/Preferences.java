package dev.virga.pds.actor;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.XrpcException;
import dev.virga.pds.account.AccountKeys;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The preferences of accounts, all of one account in one item, so that a replacement is whole or
 * not at all. Source: behaviour §4.6.
 */
public final class Preferences {
  /** The most that an account may have; clients use some twenty. */
  public static final int MAX_PREFERENCES = 500;

  /** The most bytes of JSON that they may have together, to fit into an item. */
  public static final int MAX_BYTES = 300_000;

  private static final String NAMESPACE = "app.bsky";
  private static final String DEFS = "app.bsky.actor.defs#";

  /** Only for those who signed in with the account's own password. */
  private static final String PERSONAL_DETAILS = DEFS + "personalDetailsPref";

  /** Computed from the former; never stored. */
  private static final String DECLARED_AGE = DEFS + "declaredAgePref";

  /** Rounds of lost races before giving up. */
  private static final int MAX_ROUNDS = 10;

  private final Index index;
  private final InstantSource clock;

  public Preferences(Index index, InstantSource clock) {
    this.index = index;
    this.clock = clock;
  }

  private record Stored(long version, List<Value.Obj> preferences) {
    static final Stored NONE = new Stored(0, List.of());

    static Stored from(Item item) {
      Value value = DataJson.parse(item.requireText("json").getBytes(StandardCharsets.UTF_8));
      List<Value.Obj> preferences =
          ((Value.Array) value).items().stream().map(Value.Obj.class::cast).toList();
      return new Stored(item.requireNumber("version"), preferences);
    }

    Condition unchanged() {
      return version == 0 ? Condition.ABSENT : Condition.equal("version", version);
    }
  }

  /**
   * The preferences of an account in the order they were put, and what follows from its owner's
   * birth date.
   *
   * @param full whether personal details may be seen
   */
  public List<Value.Obj> get(Did did, boolean full) {
    List<Value.Obj> shown = new ArrayList<>();
    for (Value.Obj preference : read(did).preferences()) {
      boolean personal = isOf(preference, PERSONAL_DETAILS);
      if (full || !personal) {
        shown.add(preference);
      }
      if (personal) {
        declaredAge(preference).ifPresent(shown::add);
      }
    }
    return shown;
  }

  /**
   * Replaces all preferences of an account. What is computed is left out, and so need not be taken
   * out by a client that puts back what it got.
   *
   * @param full whether personal details may be set; if not, those that are there stay
   * @throws XrpcException 400 InvalidRequest if one is of another namespace, may not be set, or
   *     they are too many or too large; 403 AccountNotFound
   */
  public void put(Did did, List<Value> preferences, boolean full) {
    List<Value.Obj> wanted = checked(preferences, full);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Stored before = read(did);
      List<Value> all = new ArrayList<>();
      if (!full) {
        before.preferences().stream()
            .filter(preference -> isOf(preference, PERSONAL_DETAILS))
            .forEach(all::add);
      }
      all.addAll(wanted);
      try {
        index.transact(
            Write.all(
                Write.put(key(did), item(before.version() + 1, all), before.unchanged()),
                Write.check(AccountKeys.account(did), Condition.PRESENT)));
        return;
      } catch (ConditionFailedException e) {
        if (e.failedAt(AccountKeys.account(did))) {
          throw new XrpcException(403, "AccountNotFound", "Account not found");
        }
      }
    }
    throw new XrpcException(503, "NotEnoughResources", "Preferences are changed too often");
  }

  private static List<Value.Obj> checked(List<Value> preferences, boolean full) {
    if (preferences.size() > MAX_PREFERENCES) {
      throw XrpcException.invalidRequest("At most " + MAX_PREFERENCES + " preferences are kept");
    }
    List<Value.Obj> checked = new ArrayList<>();
    for (Value value : preferences) {
      String type =
          value instanceof Value.Obj preference ? preference.text("$type").orElse("") : "";
      if (type.isEmpty()) {
        throw XrpcException.invalidRequest("Preference is missing a $type");
      }
      if (!type.startsWith(NAMESPACE + ".")) {
        throw XrpcException.invalidRequest(
            "Some preferences are not in the " + NAMESPACE + " namespace");
      }
      if (type.equals(PERSONAL_DETAILS) && !full) {
        throw XrpcException.invalidRequest("Do not have authorization to set preferences: " + type);
      }
      if (!type.equals(DECLARED_AGE)) {
        checked.add((Value.Obj) value);
      }
    }
    return checked;
  }

  private static Item item(long version, List<Value> preferences) {
    String json = DataJson.toText(new Value.Array(preferences));
    if (json.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw XrpcException.invalidRequest("Preferences have more than " + MAX_BYTES + " bytes");
    }
    return Item.builder().number("version", version).text("json", json).build();
  }

  private Stored read(Did did) {
    return index.get(key(did)).map(Stored::from).orElse(Stored.NONE);
  }

  private static boolean isOf(Value.Obj preference, String type) {
    return preference.text("$type").equals(Optional.of(type));
  }

  private Optional<Value.Obj> declaredAge(Value.Obj personalDetails) {
    return personalDetails
        .text("birthDate")
        .flatMap(BirthDate::parse)
        .map(birth -> birth.ageOn(clock.instant().atZone(ZoneOffset.UTC).toLocalDate()))
        .map(
            age ->
                Value.Obj.builder()
                    .put("$type", DECLARED_AGE)
                    .put("isOverAge13", age >= 13)
                    .put("isOverAge16", age >= 16)
                    .put("isOverAge18", age >= 18)
                    .build());
  }

  private static Key key(Did did) {
    return new Key(did.text(), "pref#" + NAMESPACE);
  }
}
