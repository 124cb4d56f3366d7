package dev.virga.pds.repo;

import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import java.util.Optional;

/** The keys with which the accounts of this server sign: what {@link RepoWriter} signs with. */
@FunctionalInterface
public interface Signers {
  /** The signing key of an account that is known to exist. */
  PrivateKey of(Did did);

  /** The item that the next {@link #of} would have to read, for whoever reads others anyway. */
  default Optional<Key> unread(Did did) {
    return Optional.empty();
  }

  /** Takes that item from whoever has read it. */
  default void offer(Did did, Item item) {}
}
