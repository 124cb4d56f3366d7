package dev.virga.pds.account;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.crypto.PublicKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.ConditionFailedException;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Signing keys made for accounts that do not exist here yet, so that they can be written into a DID
 * document before the account moves.
 *
 * <p>Anybody may ask for one, hence they are forgotten after a while.
 */
public final class ReservedKeys {
  /** How long a reserved key waits for its account. */
  public static final Duration LIFE = Duration.ofDays(7);

  private final Index index;
  private final SigningKeys keys;
  private final InstantSource clock;

  public ReservedKeys(Index index, SigningKeys keys, InstantSource clock) {
    this.index = index;
    this.keys = keys;
    this.clock = clock;
  }

  /** Makes a key that belongs to no account, and of which we keep only the public half's name. */
  public PublicKey reserve() {
    PrivateKey key = keys.generate();
    String name = key.publicKey().didKey();
    Instant expires = clock.instant().plus(LIFE);
    index.batchPut(List.of(new Entry(key(name), keys.seal(name, key), expires)));
    return key.publicKey();
  }

  /** The key reserved for a DID, made now unless there is one. */
  public PublicKey reserve(Did did) {
    Instant now = clock.instant();
    Optional<Item> reserved = index.get(key(did.text()));
    if (reserved.isPresent() && isValid(reserved.get())) {
      return PublicKey.parseDidKey(reserved.get().requireText("public"));
    }
    PrivateKey key = keys.generate();
    Item item =
        keys.seal(did.text(), key).toBuilder()
            .number("expires", now.plus(LIFE).getEpochSecond())
            .build();
    Condition unchanged =
        reserved.isPresent()
            ? Condition.equal("public", reserved.get().requireText("public"))
            : Condition.ABSENT;
    try {
      index.transact(Write.all(new Write.Put(key(did.text()), item, now.plus(LIFE), unchanged)));
      return key.publicKey();
    } catch (ConditionFailedException e) {
      // Somebody asked at the same moment, and one key is as good as another.
      return reserve(did);
    }
  }

  /**
   * The key reserved for a DID, if any.
   *
   * @param writes gets the write that ends the reservation
   */
  Optional<PrivateKey> take(Did did, List<Write> writes) {
    Optional<Item> reserved = index.get(key(did.text())).filter(this::isValid);
    reserved.ifPresent(
        item ->
            writes.add(
                Write.delete(
                    key(did.text()), Condition.equal("public", item.requireText("public")))));
    return reserved.map(item -> keys.open(did.text(), item));
  }

  private boolean isValid(Item item) {
    return item.number("expires").orElse(0L) > clock.instant().getEpochSecond();
  }

  private static Key key(String holder) {
    return new Key("reservedkey#" + holder, "key");
  }
}
