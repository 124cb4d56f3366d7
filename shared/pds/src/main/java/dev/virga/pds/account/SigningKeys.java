package dev.virga.pds.account;

import dev.virga.atproto.crypto.Curve;
import dev.virga.atproto.crypto.PrivateKey;
import dev.virga.atproto.syntax.Did;
import dev.virga.pds.repo.Signers;
import dev.virga.pds.store.Condition;
import dev.virga.pds.store.Index;
import dev.virga.pds.store.Item;
import dev.virga.pds.store.Key;
import dev.virga.pds.store.Write;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The keys with which accounts sign, one secp256k1 key each, sealed at rest. */
public final class SigningKeys implements Signers {
  /** How many opened keys a process remembers. */
  private static final int REMEMBERED = 1_000;

  private final Index index;
  private final KeySealing sealing;
  private final SecureRandom random;
  private final Map<Did, PrivateKey> opened = Collections.synchronizedMap(new Lru());

  public SigningKeys(Index index, KeySealing sealing, SecureRandom random) {
    this.index = index;
    this.sealing = sealing;
    this.random = random;
  }

  /** A new key, stored nowhere yet. */
  public PrivateKey generate() {
    return PrivateKey.generate(Curve.K256, random);
  }

  public Optional<PrivateKey> find(Did did) {
    PrivateKey known = opened.get(did);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<PrivateKey> key =
        index.get(AccountKeys.signingKey(did)).map(item -> open(did.text(), item));
    key.ifPresent(found -> opened.put(did, found));
    return key;
  }

  /**
   * The key of an account that is known to exist.
   *
   * @throws IllegalStateException if there is none
   */
  @Override
  public PrivateKey of(Did did) {
    return find(did).orElseThrow(() -> new IllegalStateException("no signing key of " + did));
  }

  @Override
  public Optional<Key> unread(Did did) {
    return opened.containsKey(did) ? Optional.empty() : Optional.of(AccountKeys.signingKey(did));
  }

  @Override
  public void offer(Did did, Item item) {
    opened.put(did, open(did.text(), item));
  }

  /** Whether there is the key of an account at a key of the Index. */
  public static boolean isKey(Did did, Key key) {
    return key.equals(AccountKeys.signingKey(did));
  }

  /**
   * The item of a key that another secret sealed, sealed under ours.
   *
   * @throws IllegalStateException if it does not open
   */
  public Item resealed(Did did, Item item, KeySealing old) {
    byte[] plain = old.open(did.text(), item.requireBytes("sealed"));
    try {
      return item.toBuilder().bytes("sealed", sealing.seal(did.text(), plain)).build();
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** Makes the next {@link #find} look again. */
  public void forget(Did did) {
    opened.remove(did);
  }

  /** The write that stores a new account's key. */
  Write creation(Did did, PrivateKey key) {
    return Write.put(AccountKeys.signingKey(did), seal(did.text(), key), Condition.ABSENT);
  }

  Item seal(String owner, PrivateKey key) {
    byte[] plain = key.toBytes();
    try {
      return Item.builder()
          .text("curve", key.curve().name())
          .bytes("sealed", sealing.seal(owner, plain))
          .text("public", key.publicKey().didKey())
          .build();
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  PrivateKey open(String owner, Item item) {
    byte[] plain = sealing.open(owner, item.requireBytes("sealed"));
    try {
      return PrivateKey.fromBytes(Curve.valueOf(item.requireText("curve")), plain);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static final class Lru extends LinkedHashMap<Did, PrivateKey> {
    private static final long serialVersionUID = 1L;

    Lru() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Did, PrivateKey> eldest) {
      return size() > REMEMBERED;
    }
  }
}
